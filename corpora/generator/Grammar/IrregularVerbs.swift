extension Morphology {
  /// Past tense and past participle of the irregular verbs, by the infinitive.
  static let irregularVerbs: [String: (past: String, participle: String)] = {
    var verbs: [String: (past: String, participle: String)] = [:]
    for line in table.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      verbs[words[0]] = (words[1], words.count > 2 ? words[2] : words[1])
    }
    return verbs
  }()

  /// Infinitive, past, and the participle where it differs from the past.
  private static let table = """
    be was been
    bear bore borne
    beat beat beaten
    become became become
    begin began begun
    bend bent
    bind bound
    bite bit bitten
    blow blew blown
    break broke broken
    bring brought
    build built
    burn burnt
    burst burst
    buy bought
    catch caught
    choose chose chosen
    come came come
    cost cost
    creep crept
    cut cut
    deal dealt
    dig dug
    do did done
    draw drew drawn
    drink drank drunk
    drive drove driven
    eat ate eaten
    fall fell fallen
    feed fed
    feel felt
    fight fought
    find found
    fly flew flown
    forget forgot forgotten
    freeze froze frozen
    get got
    give gave given
    go went gone
    grind ground
    grow grew grown
    hang hung
    have had
    hear heard
    hide hid hidden
    hit hit
    hold held
    keep kept
    kneel knelt
    know knew known
    lay laid
    lead led
    leap leapt
    learn learnt
    leave left
    lend lent
    let let
    lie lay lain
    light lit
    lose lost
    make made
    mean meant
    meet met
    pay paid
    put put
    read read
    ride rode ridden
    ring rang rung
    rise rose risen
    run ran run
    say said
    see saw seen
    seek sought
    sell sold
    send sent
    set set
    sew sewed sewn
    shake shook shaken
    shine shone
    shear sheared shorn
    shoe shod
    shoot shot
    show showed shown
    shut shut
    sing sang sung
    sink sank sunk
    sit sat
    sleep slept
    slide slid
    sow sowed sown
    speak spoke spoken
    spend spent
    spin spun
    split split
    spread spread
    spring sprang sprung
    stand stood
    steal stole stolen
    stick stuck
    sting stung
    strike struck
    sweep swept
    swim swam swum
    swing swung
    take took taken
    teach taught
    tear tore torn
    tell told
    think thought
    throw threw thrown
    understand understood
    wake woke woken
    wear wore worn
    weave wove woven
    win won
    wind wound
    wring wrung
    write wrote written
    """
}
