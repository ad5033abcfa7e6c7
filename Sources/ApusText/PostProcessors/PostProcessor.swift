import ApusFiles

/// The fourth step of a tokenizer: joins a pair of texts and puts special tokens around them.
public protocol PostProcessor: Sendable {
  /// The tokens of one text with the offsets that are wanted of them; as they are by default.
  ///
  /// - Parameters:
  ///   - encoding: The tokens.
  ///   - text: The original text, for processors that look at what offsets cover.
  /// - Returns: The same tokens.
  func adjusted(_ encoding: Encoding, of text: String) -> Encoding

  /// Joins the tokens of one or two texts; puts them end to end by default.
  ///
  /// - Parameters:
  ///   - first: The tokens of the first text.
  ///   - second: The tokens of the second text of a pair.
  ///   - addsSpecialTokens: Whether tokens are added; segments are set in any case.
  /// - Returns: The tokens of all, in order.
  func join(_ first: Encoding, _ second: Encoding?, addsSpecialTokens: Bool) -> Encoding

  /// The form in `tokenizer.json`.
  var json: JSONValue { get }
}

extension PostProcessor {
  public func adjusted(_ encoding: Encoding, of text: String) -> Encoding { encoding }

  public func join(
    _ first: Encoding, _ second: Encoding?, addsSpecialTokens: Bool
  ) -> Encoding {
    PostProcessors.join(first, second)
  }

  /// The number of special tokens around a text, or around and between a pair.
  public func addedTokenCount(isPair: Bool) -> Int {
    join(Encoding(), isPair ? Encoding() : nil, addsSpecialTokens: true).ids.count
  }
}

enum PostProcessors {
  /// Reads the `post_processor` of a `tokenizer.json`.
  static func read(_ field: JSONField) throws -> (any PostProcessor)? {
    if field.isNull { return nil }
    switch try field["type"].string() {
    case "BertProcessing": return try TemplatePostProcessor(bert: field)
    case "TemplateProcessing": return try TemplatePostProcessor(template: field)
    case "ByteLevel": return try ByteLevelPostProcessor(field)
    case "RobertaProcessing": return try RobertaPostProcessor(field)
    case "Sequence": return try SequencePostProcessor(field)
    default:
      throw field["type"].error(
        expected: """
          one of the post-processors BertProcessing, RobertaProcessing, TemplateProcessing, \
          ByteLevel, Sequence
          """)
    }
  }

  /// Reads a special token that is written as itself and its id.
  static func specialToken(_ field: JSONField) throws -> (token: String, id: Int32) {
    let parts = try field.array()
    guard parts.count == 2 else { throw field.error(expected: "a token and its id") }
    return (
      try parts[0].string(), Int32(try parts[1].integer(in: 0...Vocabulary.maximumCount - 1))
    )
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
