import ApusFiles

/// The fourth step of a tokenizer: joins a pair of texts and puts special tokens around them.
public protocol PostProcessor: Sendable {
  /// Joins the encodings of one or two texts.
  ///
  /// - Parameters:
  ///   - first: The tokens of the first text.
  ///   - text: The original text of `first`, for processors that look at what offsets cover.
  ///   - second: The tokens of the second text of a pair.
  ///   - pairText: The original text of `second`.
  ///   - addsSpecialTokens: Whether tokens are added; offsets and segments are set in any case.
  /// - Returns: The tokens of all, in order.
  func process(
    _ first: Encoding, of text: String, _ second: Encoding?, of pairText: String,
    addsSpecialTokens: Bool
  ) -> Encoding

  /// The form in `tokenizer.json`.
  var json: JSONValue { get }
}

enum PostProcessors {
  /// Reads the `post_processor` of a `tokenizer.json`.
  static func read(_ field: JSONField) throws -> (any PostProcessor)? {
    if field.isNull { return nil }
    switch try field["type"].string() {
    case "BertProcessing": return try TemplatePostProcessor(bert: field)
    case "TemplateProcessing": return try TemplatePostProcessor(template: field)
    case "ByteLevel": return try ByteLevelPostProcessor(field)
    default:
      throw field["type"].error(
        expected: "one of the post-processors BertProcessing, TemplateProcessing, ByteLevel")
    }
  }

  /// Puts a pair end to end, for processors that add nothing.
  static func join(_ first: Encoding, _ second: Encoding?) -> Encoding {
    guard let second else { return first }
    var joined = Encoding()
    joined.append(first, typeID: 0)
    joined.append(second, typeID: 1)
    return joined
  }
}
