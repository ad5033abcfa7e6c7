import ApusFiles

/// The members of a byte-pair encoding in `tokenizer.json`.
///
/// `dropout`, which skips merges by chance while a model is trained, is not among them: it is read
/// past, encoding never does so here, and it is written as null.
struct BPEDescription {
  var vocabulary: Vocabulary
  var merges: [BPEMerge]
  var unknownToken: String?
  var continuingPrefix = ""
  var endOfWordSuffix = ""
  var fusesUnknown = false
  var usesByteFallback = false
  var ignoresMerges = false
  /// Tokens that text is searched for first and that merge with nothing, as SentencePiece's user-defined
  /// ones; `tokenizer.json` has no form for them.
  var wholeTokens: [Int32] = []

  init(_ vocabulary: Vocabulary, _ merges: [BPEMerge], unknownToken: String?) {
    self.vocabulary = vocabulary
    self.merges = merges
    self.unknownToken = unknownToken
  }

  init(_ field: JSONField) throws {
    let dropout = field["dropout"]
    switch dropout.value {
    case .null: break
    case .integer(0...1): break
    case .number(0...1): break
    default: throw dropout.error(expected: "null or a number from 0 to 1")
    }
    unknownToken = try field["unk_token"].optionalString()
    continuingPrefix = try field["continuing_subword_prefix"].optionalString() ?? ""
    endOfWordSuffix = try field["end_of_word_suffix"].optionalString() ?? ""
    fusesUnknown = try field["fuse_unk"].bool(default: false)
    usesByteFallback = try field["byte_fallback"].bool(default: false)
    ignoresMerges = try field["ignore_merges"].bool(default: false)
    vocabulary = try TokenModels.vocabulary(field["vocab"])
    merges = []
    guard case .array(let entries) = field["merges"].value else {
      throw field["merges"].error(expected: "an array")
    }
    merges.reserveCapacity(entries.count)
    let prefix = continuingPrefix
    for (index, entry) in entries.enumerated() {
      guard let (left, right) = Self.parts(of: entry),
        let merge = Self.merge(left, right, in: vocabulary, continuingPrefix: prefix)
      else {
        throw JSONField(entry, file: field.file, path: "\(field.path).merges[\(index)]")
          .error(expected: "two tokens of the vocabulary that join to a third")
      }
      merges.append(merge)
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
  ///
  /// - Parameters:
  ///   - left: The first token.
  ///   - right: The second one, which loses the prefix where they join.
  ///   - vocabulary: The tokens.
  ///   - continuingPrefix: What marks tokens inside a word.
  /// - Returns: The merge as ids.
  static func merge(
    _ left: Substring, _ right: Substring, in vocabulary: Vocabulary, continuingPrefix: String = ""
  ) -> BPEMerge? {
    let prefix = continuingPrefix.utf8.count
    guard right.utf8.starts(with: continuingPrefix.utf8),
      let first = vocabulary.id(of: String(left)),
      let second = vocabulary.id(of: String(right)),
      let result = vocabulary.id(of: String(left + Substring(right.utf8.dropFirst(prefix))))
    else { return nil }
    return BPEMerge(left: first, right: second, result: result)
  }

  var json: JSONValue {
    func optional(_ text: String) -> JSONValue { text.isEmpty ? .null : .string(text) }
    let spelled = merges.map { merge in
      JSONValue.array(
        [merge.left, merge.right].map { .string(vocabulary.token(of: $0) ?? "") })
    }
    return .object([
      ("type", .string("BPE")), ("dropout", .null),
      ("unk_token", unknownToken.map(JSONValue.string) ?? .null),
      ("continuing_subword_prefix", optional(continuingPrefix)),
      ("end_of_word_suffix", optional(endOfWordSuffix)),
      ("fuse_unk", .bool(fusesUnknown)), ("byte_fallback", .bool(usesByteFallback)),
      ("ignore_merges", .bool(ignoresMerges)), ("vocab", vocabulary.json),
      ("merges", .array(spelled)),
    ])
  }
}

extension ByteLevelBPE {
  init(_ field: JSONField) throws {
    let description = try BPEDescription(field)
    for (key, text) in [
      ("continuing_subword_prefix", description.continuingPrefix),
      ("end_of_word_suffix", description.endOfWordSuffix),
    ] where !text.isEmpty {
      throw field[key].error(expected: "nothing: byte-level models mark no places in words")
    }
    self = try TokenModels.naming(field) {
      try ByteLevelBPE(
        description.vocabulary, merges: description.merges,
        unknownToken: description.unknownToken, ignoresMerges: description.ignoresMerges)
    }
    // Both say what becomes of unknown characters, of which there are none with all bytes.
    for (key, isOn) in [
      ("byte_fallback", description.usesByteFallback), ("fuse_unk", description.fusesUnknown),
    ] where isOn && !knowsAllBytes {
      throw field[key].error(expected: "false, as the vocabulary lacks a byte")
    }
  }

  public var json: JSONValue {
    var description = BPEDescription(vocabulary, merges, unknownToken: unknownToken)
    description.ignoresMerges = ignoresMerges
    return description.json
  }
}

extension CharacterBPE {
  init(_ field: JSONField) throws {
    let description = try BPEDescription(field)
    self = try TokenModels.naming(field) { try CharacterBPE(description) }
  }

  public var json: JSONValue { description.json }
}
