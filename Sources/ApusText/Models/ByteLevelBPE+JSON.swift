import ApusFiles

extension ByteLevelBPE {
  init(_ field: JSONField) throws {
    for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
      guard try field[key].optionalString() ?? "" == "" else {
        throw field[key].error(expected: "nothing: byte-level models mark no places in words")
      }
    }
    for key in ["byte_fallback", "ignore_merges", "fuse_unk"]
    where try field[key].bool(default: false) {
      throw field[key].error(expected: "false")
    }
    guard field["dropout"].isNull else { throw field["dropout"].error(expected: "null") }
    let vocabulary = try TokenModels.vocabulary(field["vocab"])
    var merges: [Merge] = []
    guard case .array(let entries) = field["merges"].value else {
      throw field["merges"].error(expected: "an array")
    }
    merges.reserveCapacity(entries.count)
    for (index, entry) in entries.enumerated() {
      guard let (left, right) = Self.parts(of: entry),
        let merge = Self.merge(left, right, in: vocabulary)
      else {
        throw JSONField(entry, file: field.file, path: "\(field.path).merges[\(index)]")
          .error(expected: "two tokens of the vocabulary that join to a third")
      }
      merges.append(merge)
    }
    let unknown = try field["unk_token"].optionalString()
    self = try TokenModels.naming(field) {
      try ByteLevelBPE(vocabulary, merges: merges, unknownToken: unknown)
    }
  }

  /// A merge is written as two strings, or in older files as one with a space between.
  private static func parts(of entry: JSONValue) -> (Substring, Substring)? {
    switch entry {
    case .array(let parts):
      guard parts.count == 2, case .string(let left) = parts[0], case .string(let right) = parts[1]
      else { return nil }
      return (Substring(left), Substring(right))
    case .string(let line): return parts(of: Substring(line))
    default: return nil
    }
  }

  /// Splits a line of `merges.txt` at its only space.
  static func parts(of line: Substring) -> (Substring, Substring)? {
    guard let space = line.utf8.firstIndex(of: UInt8(ascii: " ")) else { return nil }
    let right = line[line.utf8.index(after: space)...]
    return right.utf8.contains(UInt8(ascii: " ")) ? nil : (line[..<space], right)
  }

  /// The merge of two tokens; nil if one of them or what they join to is unknown.
  static func merge(_ left: Substring, _ right: Substring, in vocabulary: Vocabulary) -> Merge? {
    guard let first = vocabulary.id(of: String(left)),
      let second = vocabulary.id(of: String(right)),
      let result = vocabulary.id(of: String(left + right))
    else { return nil }
    return Merge(left: first, right: second, result: result)
  }

  public var json: JSONValue {
    let spelled = merges.map { merge in
      JSONValue.array(
        [merge.left, merge.right].map { .string(vocabulary.token(of: $0) ?? "") })
    }
    return .object([
      ("type", .string("BPE")), ("dropout", .null),
      ("unk_token", unknownToken.map(JSONValue.string) ?? .null),
      ("continuing_subword_prefix", .null), ("end_of_word_suffix", .null),
      ("fuse_unk", .bool(false)), ("byte_fallback", .bool(false)),
      ("ignore_merges", .bool(false)), ("vocab", vocabulary.json),
      ("merges", .array(spelled)),
    ])
  }
}
