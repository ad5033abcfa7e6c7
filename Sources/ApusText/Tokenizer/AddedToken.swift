import ApusFiles

/// A token that is found in text before anything else, such as `[MASK]` or `<|endoftext|>`.
public struct AddedToken: Sendable, Equatable {
  public var content: String
  public var id: Int32
  /// Whether it is found only where no letter, digit or underscore touches it.
  public var isWord = false
  /// Whether white space before it belongs to it.
  public var stripsLeft = false
  /// Whether white space behind it belongs to it.
  public var stripsRight = false
  /// Whether it is looked for in normalized text instead of the original.
  public var isNormalized = false
  /// Whether it is left out of decoded text.
  public var isSpecial = true
  /// Whether text is searched for it; those of SentencePiece's models are known by id only.
  ///
  /// Hugging Face's format has no word for this: there every added token is found.
  public var isFound = true

  public init(_ content: String, id: Int32) {
    self.content = content
    self.id = id
  }

  init(_ field: JSONField) throws {
    content = try field["content"].string()
    guard !content.isEmpty, content.utf8.count <= Vocabulary.maximumTokenBytes else {
      throw field["content"].error(expected: "a token that is neither empty nor huge")
    }
    id = Int32(try field["id"].integer(in: 0...Vocabulary.maximumCount - 1))
    isWord = try field["single_word"].bool(default: false)
    stripsLeft = try field["lstrip"].bool(default: false)
    stripsRight = try field["rstrip"].bool(default: false)
    isSpecial = try field["special"].bool(default: false)
    isNormalized = try field["normalized"].bool(default: !isSpecial)
  }

  var json: JSONValue {
    .object([
      ("id", .integer(Int(id))), ("content", .string(content)), ("single_word", .bool(isWord)),
      ("lstrip", .bool(stripsLeft)), ("rstrip", .bool(stripsRight)),
      ("normalized", .bool(isNormalized)), ("special", .bool(isSpecial)),
    ])
  }
}
