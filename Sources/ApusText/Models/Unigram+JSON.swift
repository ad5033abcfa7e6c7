import ApusFiles

extension Unigram {
  init(_ field: JSONField) throws {
    guard case .array(let entries) = field["vocab"].value else {
      throw field["vocab"].error(expected: "an array")
    }
    var tokens: [String] = []
    var scores: [Double] = []
    tokens.reserveCapacity(entries.count)
    scores.reserveCapacity(entries.count)
    for (index, entry) in entries.enumerated() {
      guard case .array(let pair) = entry, pair.count == 2, case .string(let token) = pair[0],
        let score = pair[1].double, score.isFinite
      else {
        throw JSONField(entry, file: field.file, path: "\(field.path).vocab[\(index)]")
          .error(expected: "a token and a finite score")
      }
      tokens.append(token)
      scores.append(score)
    }
    let unknown = field["unk_id"]
    let id = try unknown.isNull ? nil : unknown.integer(in: 0...Vocabulary.maximumCount - 1)
    let fallsBack = try field["byte_fallback"].bool(default: false)
    self = try TokenModels.naming(field) {
      try Unigram(
        Vocabulary(tokens), scores: scores, unknownID: id.map { Int32($0) },
        fallsBackToBytes: fallsBack)
    }
  }

  public var json: JSONValue {
    .object([
      ("type", .string("Unigram")),
      ("unk_id", unknownID.map { .integer(Int($0)) } ?? .null),
      (
        "vocab",
        .array(
          scores.enumerated().map { id, score in
            .array([.string(vocabulary.token(of: Int32(id)) ?? ""), .number(score)])
          })
      ),
      ("byte_fallback", .bool(fallsBackToBytes)),
    ])
  }
}

extension JSONValue {
  /// The value of any number; nil for what is none.
  fileprivate var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}
