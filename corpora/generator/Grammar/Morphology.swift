/// English inflection.
///
/// Phrases inflect at their head: a verb phrase at its first word, a noun
/// phrase at its last word before a preposition.
enum Morphology {
  // MARK: Nouns

  private static let irregularPlurals: [String: String] = [
    "child": "children", "foot": "feet", "goose": "geese", "half": "halves", "knife": "knives",
    "leaf": "leaves", "life": "lives", "loaf": "loaves", "man": "men", "mouse": "mice",
    "person": "people", "sheaf": "sheaves", "sheep": "sheep", "shelf": "shelves",
    "thief": "thieves", "tooth": "teeth", "trout": "trout", "salmon": "salmon", "wolf": "wolves",
    "woman": "women", "calf": "calves", "deer": "deer", "potato": "potatoes",
    "tomato": "tomatoes", "hero": "heroes", "echo": "echoes", "ox": "oxen", "elk": "elk",
    "fry": "fry", "larva": "larvae",
    "fish": "fish", "pike": "pike",
    "squid": "squid", "fisherman": "fishermen", "ferryman": "ferrymen", "scarf": "scarves",
    "dormouse": "dormice", "carp": "carp", "moose": "moose", "hoof": "hooves",
  ]

  static func plural(_ noun: String) -> String {
    for preposition in [" of ", " in ", " with ", " for ", " on "] {
      guard let at = noun.firstRange(of: preposition) else { continue }
      return plural(String(noun[..<at.lowerBound])) + noun[at.lowerBound...]
    }
    let (front, last) = splitLast(noun)
    return front + pluralWord(last)
  }

  private static func pluralWord(_ word: String) -> String {
    if let irregular = irregularPlurals[word] { return irregular }
    if word.hasSuffix("y"), !endsInVowelAndLetter(word) { return word.dropLast() + "ies" }
    return word + (hisses(word) ? "es" : "s")
  }

  // MARK: Verbs

  static func past(_ phrase: String) -> String {
    inflectHead(phrase) { irregularVerbs[$0]?.past ?? regularPast($0) }
  }

  static func participle(_ phrase: String) -> String {
    inflectHead(phrase) { irregularVerbs[$0]?.participle ?? regularPast($0) }
  }

  static func thirdPerson(_ phrase: String) -> String {
    inflectHead(phrase) { verb in
      switch verb {
      case "be": "is"
      case "have": "has"
      case "do", "go": verb + "es"
      default: verb.hasSuffix("s") && !hisses(verb) ? verb : pluralWord(verb)
      }
    }
  }

  static func gerund(_ phrase: String) -> String {
    inflectHead(phrase) { verb in
      if verb == "be" { return "being" }
      if verb.hasSuffix("ie") { return verb.dropLast(2) + "ying" }
      if verb.hasSuffix("e"), !["see", "free", "dye", "flee", "shoe"].contains(verb) {
        return verb.dropLast() + "ing"
      }
      return doubled(verb) + "ing"
    }
  }

  private static func regularPast(_ verb: String) -> String {
    if verb.hasSuffix("e") { return verb + "d" }
    if verb.hasSuffix("y"), !endsInVowelAndLetter(verb) { return verb.dropLast() + "ied" }
    return doubled(verb) + "ed"
  }

  /// Doubles the last consonant of a stressed short syllable: stop, stopped; begin, beginning.
  private static func doubled(_ verb: String) -> String {
    let letters = Array(verb)
    guard letters.count >= 3, let last = letters.last,
      !isVowel(last), !"wxy".contains(last),
      isVowel(letters[letters.count - 2]), !isVowel(letters[letters.count - 3])
    else { return verb.hasPrefix("qui") && verb.count == 4 ? verb + verb.suffix(1) : verb }
    let isStressed = syllables(verb) == 1 || ["begin", "forget", "admit"].contains(verb)
    return isStressed ? verb + String(last) : verb
  }

  // MARK: Adjectives

  static func comparative(_ adjective: String) -> String {
    switch adjective {
    case "good": "better"
    case "bad": "worse"
    case "far": "farther"
    default: graded(adjective, "er") ?? "more \(adjective)"
    }
  }

  static func superlative(_ adjective: String) -> String {
    switch adjective {
    case "good": "best"
    case "bad": "worst"
    case "far": "farthest"
    default: graded(adjective, "est") ?? "most \(adjective)"
    }
  }

  static func adverb(_ adjective: String) -> String {
    if adjective == "good" { return "well" }
    if adjective.hasSuffix("y") { return adjective.dropLast() + "ily" }
    if adjective.hasSuffix("le") { return adjective.dropLast() + "y" }
    return adjective + "ly"
  }

  private static func graded(_ adjective: String, _ ending: String) -> String? {
    if adjective.hasSuffix("y"), !endsInVowelAndLetter(adjective), syllables(adjective) <= 2 {
      return adjective.dropLast() + "i" + ending
    }
    guard syllables(adjective) == 1 else { return nil }
    return adjective.hasSuffix("e")
      ? adjective.dropLast() + ending : doubled(adjective) + ending
  }

  // MARK: Articles

  /// Whether a word begins with a vowel sound, so that "an" stands before it.
  static func beginsWithVowelSound(_ word: String) -> Bool {
    let word = word.lowercased()
    guard let first = word.first else { return false }
    if first.isNumber {
      return first == "8" || ["11", "18"].contains(String(word.prefix { $0.isNumber }))
    }
    if ["hour", "honest", "heir", "honour"].contains(where: word.hasPrefix) { return true }
    if ["one", "once", "uni", "use", "usu", "eur", "ewe"].contains(where: word.hasPrefix) {
      return word.hasPrefix("unin") || word.hasPrefix("unim")
    }
    return isVowel(first)
  }

  // MARK: Letters

  private static func inflectHead(_ phrase: String, _ inflect: (String) -> String) -> String {
    guard let space = phrase.firstIndex(of: " ") else { return inflect(phrase) }
    return inflect(String(phrase[..<space])) + phrase[space...]
  }

  private static func splitLast(_ phrase: String) -> (front: String, last: String) {
    guard let space = phrase.lastIndex(of: " ") else { return ("", phrase) }
    return (String(phrase[...space]), String(phrase[phrase.index(after: space)...]))
  }

  private static func isVowel(_ letter: Character) -> Bool { "aeiou".contains(letter) }

  private static func endsInVowelAndLetter(_ word: String) -> Bool {
    word.dropLast().last.map(isVowel) ?? false
  }

  private static func hisses(_ word: String) -> Bool {
    ["s", "x", "z", "ch", "sh"].contains(where: word.hasSuffix)
  }

  /// Vowel groups, without a silent final e.
  private static func syllables(_ word: String) -> Int {
    var count = 0
    var inVowels = false
    for letter in word {
      let vowel = isVowel(letter) || letter == "y"
      if vowel, !inVowels { count += 1 }
      inVowels = vowel
    }
    return word.hasSuffix("e") && !word.hasSuffix("le") && count > 1 ? count - 1 : count
  }
}
