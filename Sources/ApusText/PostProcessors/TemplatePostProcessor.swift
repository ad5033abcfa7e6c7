import ApusFiles

/// Special tokens around texts by a template, such as `[CLS] A [SEP] B [SEP]`.
public struct TemplatePostProcessor: PostProcessor, Equatable {
  public enum Part: Sendable, Equatable {
    /// The tokens of the first text.
    case first(typeID: Int32)
    /// The tokens of the second text of a pair.
    case second(typeID: Int32)
    /// A special token, in the file's words and as ids.
    case special(String, ids: [Int32], typeID: Int32)
  }

  /// What surrounds a text alone.
  public var single: [Part]
  /// What surrounds a pair of texts.
  public var pair: [Part]

  public init(single: [Part], pair: [Part]) {
    self.single = single
    self.pair = pair
  }

  /// BERT's template: `[CLS] A [SEP]` and `[CLS] A [SEP] B [SEP]`, segment 1 from B on.
  public static func bert(
    start: (token: String, id: Int32), separator: (token: String, id: Int32)
  ) -> TemplatePostProcessor {
    let head: [Part] = [
      .special(start.token, ids: [start.id], typeID: 0), .first(typeID: 0),
      .special(separator.token, ids: [separator.id], typeID: 0),
    ]
    return TemplatePostProcessor(
      single: head,
      pair: head + [
        .second(typeID: 1), .special(separator.token, ids: [separator.id], typeID: 1),
      ])
  }

  public func join(
    _ first: Encoding, _ second: Encoding?, addsSpecialTokens: Bool
  ) -> Encoding {
    var result = Encoding()
    for part in second == nil ? single : pair {
      switch part {
      case .first(let typeID): result.append(first, typeID: typeID)
      case .second(let typeID):
        if let second { result.append(second, typeID: typeID) }
      case .special(_, let ids, let typeID):
        if addsSpecialTokens {
          for id in ids { result.append(special: id, typeID: typeID) }
        }
      }
    }
    return result
  }
}

extension TemplatePostProcessor {
  private static let typeIDs = 0...Int(Int32.max)
  private static let ids = 0...Vocabulary.maximumCount - 1

  init(bert field: JSONField) throws {
    self = try .bert(
      start: PostProcessors.specialToken(field["cls"]),
      separator: PostProcessors.specialToken(field["sep"]))
  }

  init(template field: JSONField) throws {
    let specials = field["special_tokens"]
    func parts(_ key: String) throws -> [Part] {
      try field[key].array().map { part in
        let special = part["SpecialToken"]
        let sequence = part["Sequence"]
        if !special.isNull {
          let name = try special["id"].string()
          let ids = try specials[name]["ids"].array().map { Int32(try $0.integer(in: Self.ids)) }
          let typeID = Int32(try special["type_id"].integer(in: Self.typeIDs))
          return .special(name, ids: ids, typeID: typeID)
        }
        let typeID = Int32(try sequence["type_id"].integer(in: Self.typeIDs))
        switch try sequence["id"].string() {
        case "A": return .first(typeID: typeID)
        case "B": return .second(typeID: typeID)
        default: throw sequence["id"].error(expected: "A or B")
        }
      }
    }
    self = TemplatePostProcessor(single: try parts("single"), pair: try parts("pair"))
    for (key, parts, names) in [("single", single, "A"), ("pair", pair, "A and B")] {
      let counts = parts.reduce(into: [0, 0]) { counts, part in
        switch part {
        case .first: counts[0] += 1
        case .second: counts[1] += 1
        case .special: break
        }
      }
      guard counts == (key == "single" ? [1, 0] : [1, 1]) else {
        throw field[key].error(expected: "the sequences \(names), once each")
      }
    }
  }

  public var json: JSONValue {
    func spelled(_ parts: [Part]) -> JSONValue {
      .array(
        parts.map { part in
          let (kind, name, typeID) =
            switch part {
            case .first(let typeID): ("Sequence", "A", typeID)
            case .second(let typeID): ("Sequence", "B", typeID)
            case .special(let name, _, let typeID): ("SpecialToken", name, typeID)
            }
          let content = JSONValue.object([
            ("id", .string(name)), ("type_id", .integer(Int(typeID))),
          ])
          return .object([(kind, content)])
        })
    }
    var specials: [(key: String, value: JSONValue)] = []
    for case .special(let name, let ids, _) in single + pair
    where !specials.contains(where: { $0.key == name }) {
      let content: [(key: String, value: JSONValue)] = [
        ("id", .string(name)), ("ids", .array(ids.map { .integer(Int($0)) })),
        ("tokens", .array(ids.map { _ in .string(name) })),
      ]
      specials.append((name, .object(content)))
    }
    return .object([
      ("type", .string("TemplateProcessing")), ("single", spelled(single)),
      ("pair", spelled(pair)), ("special_tokens", .object(specials)),
    ])
  }
}
