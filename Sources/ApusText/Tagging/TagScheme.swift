/// How tags of single words say which runs of words are entities.
///
/// - Source: IOB1, Ramshaw & Marcus 1995; IOB2, Ratnaparkhi 1998; what they and IOBES differ in,
///   Tjong Kim Sang & Veenstra 1999.
public enum TagScheme: String, Sendable, Hashable, Codable, CaseIterable {
  /// Entities are of I; B begins one that stands directly behind another of its type.
  case iob1 = "IOB1"
  /// Entities begin with B and go on with I.
  case iob2 = "IOB2"
  /// Entities begin with B and end with E, with I between them; S is one of a single word.
  case iobes = "IOBES"

  /// The tag of words outside of entities.
  public static let outside = "O"

  /// Whether a text can be a tag of a scheme: O, or a mark and a type as in B-PER.
  public static func isTag(_ tag: String) -> Bool { tag == outside || EntityTag(tag) != nil }

  /// The tags of a sentence's entities, which don't overlap.
  public func tags(of entities: [Entity], wordCount: Int) -> [String] {
    var tags = Array(repeating: Self.outside, count: wordCount)
    var former: Entity?
    for entity in entities {
      let touches = former?.words.upperBound == entity.words.lowerBound
      for word in entity.words {
        let mark = mark(
          isFirst: word == entity.words.lowerBound, isLast: word == entity.words.upperBound - 1,
          isBehindSame: touches && former?.type == entity.type)
        tags[word] = EntityTag(mark, entity.type).text
      }
      former = entity
    }
    return tags
  }

  /// Tags of any scheme in this one; where they broke the rules of theirs, as `Entity.all` reads
  /// them.
  public func converted(_ tags: [String]) -> [String] {
    self.tags(of: Entity.all(in: tags), wordCount: tags.count)
  }

  private func mark(isFirst: Bool, isLast: Bool, isBehindSame: Bool) -> EntityTag.Mark {
    switch self {
    case .iob1: isFirst && isBehindSame ? .begin : .inside
    case .iob2: isFirst ? .begin : .inside
    case .iobes: isFirst && isLast ? .single : isFirst ? .begin : isLast ? .end : .inside
    }
  }

  /// Whether a tag may stand behind another; nil stands for the beginning and the end.
  public func allows(_ latter: String?, after former: String?) -> Bool {
    let before = former.flatMap(EntityTag.init)
    let after = latter.flatMap(EntityTag.init)
    let isSameType = before?.type == after?.type
    switch self {
    case .iob1: return after?.mark != .begin || (before != nil && isSameType)
    case .iob2: return after?.mark != .inside || (before != nil && isSameType)
    case .iobes:
      let isOpen = before?.mark == .begin || before?.mark == .inside
      let goesOn = after?.mark == .inside || after?.mark == .end
      return isOpen == goesOn && (!isOpen || isSameType)
    }
  }
}
