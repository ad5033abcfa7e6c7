/// A run of words that together name something: a person, a phrase, a slot.
public struct Entity: Sendable, Hashable {
  public var type: String
  /// The words' numbers in the sentence.
  public var words: Range<Int>

  public init(type: String, words: Range<Int>) {
    self.type = type
    self.words = words
  }
}

extension Entity {
  /// The entities that tags of any scheme say, also where they break its rules.
  ///
  /// Where an entity begins and ends follows `conlleval`: a tag whose type is another than that of
  /// the tag before begins one, and so does I or E behind O. S stands alone, whatever is beside it.
  ///
  /// - Source: the evaluation program of the CoNLL shared tasks, Tjong Kim Sang & Buchholz 2000.
  public static func all(in tags: [String]) -> [Entity] {
    var entities: [Entity] = []
    var former: EntityTag?
    var start = 0
    for (index, tag) in tags.map(EntityTag.init).enumerated() {
      if let former, former.ends(before: tag) {
        entities.append(Entity(type: former.type, words: start..<index))
      }
      if let tag, tag.begins(after: former) { start = index }
      former = tag
    }
    if let former { entities.append(Entity(type: former.type, words: start..<tags.count)) }
    return entities
  }
}

/// A tag other than O: a mark, a hyphen and a type.
struct EntityTag: Hashable {
  enum Mark: Character {
    case begin = "B"
    case inside = "I"
    case end = "E"
    case single = "S"
  }

  let mark: Mark
  let type: String

  init(_ mark: Mark, _ type: String) {
    self.mark = mark
    self.type = type
  }

  /// Nil for O and for what is no tag of a scheme.
  init?(_ tag: String) {
    guard let mark = tag.first.flatMap(Mark.init), tag.dropFirst().first == "-",
      tag.dropFirst(2).first != nil
    else { return nil }
    self.init(mark, String(tag.dropFirst(2)))
  }

  var text: String { "\(mark.rawValue)-\(type)" }

  /// Whether an entity begins here.
  func begins(after former: EntityTag?) -> Bool {
    guard let former, former.type == type else { return true }
    return former.closes || opens
  }

  /// Whether the entity of this tag ends where another tag follows, O being nil.
  func ends(before next: EntityTag?) -> Bool {
    guard let next, next.type == type else { return true }
    return closes || next.opens
  }

  private var opens: Bool { mark == .begin || mark == .single }
  private var closes: Bool { mark == .end || mark == .single }
}
