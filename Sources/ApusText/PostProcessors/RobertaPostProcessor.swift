import ApusFiles

/// RoBERTa's special tokens, `<s> A </s>` and `<s> A </s> </s> B </s>`, all of segment 0, around
/// GPT-2's tokens.
///
/// - Source: Liu et al. 2019, in the form of Hugging Face's `RobertaProcessing`.
public struct RobertaPostProcessor: PostProcessor, Equatable {
  public typealias SpecialToken = (token: String, id: Int32)

  private let template: TemplatePostProcessor
  private let trimming: ByteLevelPostProcessor
  private let startToken, separatorToken: String
  private let startID, separatorID: Int32

  public init(
    start: SpecialToken, separator: SpecialToken, trimming: ByteLevelPostProcessor = .init()
  ) {
    (startToken, startID) = start
    (separatorToken, separatorID) = separator
    self.trimming = trimming
    let first = TemplatePostProcessor.Part.special(start.token, ids: [start.id], typeID: 0)
    let end = TemplatePostProcessor.Part.special(separator.token, ids: [separator.id], typeID: 0)
    template = TemplatePostProcessor(
      single: [first, .first(typeID: 0), end],
      pair: [first, .first(typeID: 0), end, end, .second(typeID: 0), end])
  }

  init(_ field: JSONField) throws {
    self = try RobertaPostProcessor(
      start: PostProcessors.specialToken(field["cls"]),
      separator: PostProcessors.specialToken(field["sep"]),
      trimming: ByteLevelPostProcessor(field))
  }

  public var json: JSONValue {
    func spelled(_ token: String, _ id: Int32) -> JSONValue {
      .array([.string(token), .integer(Int(id))])
    }
    return .object([
      ("type", .string("RobertaProcessing")), ("sep", spelled(separatorToken, separatorID)),
      ("cls", spelled(startToken, startID)), ("trim_offsets", .bool(trimming.trimsOffsets)),
      ("add_prefix_space", .bool(trimming.keepsPrefixSpace)),
    ])
  }

  public func adjusted(_ encoding: Encoding, of text: String) -> Encoding {
    trimming.adjusted(encoding, of: text)
  }

  public func join(
    _ first: Encoding, _ second: Encoding?, addsSpecialTokens: Bool
  ) -> Encoding {
    template.join(first, second, addsSpecialTokens: addsSpecialTokens)
  }
}
