/// The special tokens before and behind a text.
public struct SpecialTokenFrame: Sendable {
  public let before, after: [Int32]

  init(_ postProcessor: (any PostProcessor)?, addsSpecialTokens: Bool) {
    // A post-processor sees texts as ids, so a mark in place of a text shows what surrounds it.
    let mark: Int32 = -1
    let marked = postProcessor?.join(
      Encoding(ids: [mark], typeIDs: [0], offsets: [0..<0]), nil,
      addsSpecialTokens: addsSpecialTokens)
    let parts = (marked?.ids ?? [mark]).split(
      separator: mark, maxSplits: 1, omittingEmptySubsequences: false)
    before = Array(parts[0])
    after = parts.count > 1 ? Array(parts[1]) : []
  }

  /// The ids of a text with the special tokens.
  func around(_ ids: [Int32]) -> [Int32] {
    var framed: [Int32] = []
    framed.reserveCapacity(before.count + ids.count + after.count)
    framed.append(contentsOf: before)
    framed.append(contentsOf: ids)
    framed.append(contentsOf: after)
    return framed
  }

  /// The ids of a text, cut to what the limit leaves, with the special tokens.
  func around(_ ids: [Int32], limit: Truncation?) throws(TruncationError) -> [Int32] {
    guard let limit else { return around(ids) }
    let length = try limit.lengths(ids.count, nil, specialCount: before.count + after.count).first
    guard length < ids.count else { return around(ids) }
    return around(Array(limit.side == .right ? ids.prefix(length) : ids.suffix(length)))
  }
}

extension Tokenizer {
  /// The special tokens around a text.
  public var specialTokens: SpecialTokenFrame {
    SpecialTokenFrame(postProcessor, addsSpecialTokens: true)
  }

  /// The id of what the model can't spell; nil for models that spell everything.
  public var unknownID: Int32? {
    switch model {
    case let model as WordPiece: model.vocabulary.id(of: model.unknownToken)
    case let model as Lexicon: model.vocabulary.id(of: model.unknownToken)
    case let model as ByteLevelBPE: model.unknownToken.flatMap { model.vocabulary.id(of: $0) }
    case let model as Unigram: model.unknownID
    default: nil
    }
  }
}
