import ApusFiles

/// Cuts text at punctuation marks; every ASCII sign counts as one.
public struct PunctuationPreTokenizer: PreTokenizer, Equatable {
  public var behavior: SplitBehavior

  public init(_ behavior: SplitBehavior = .isolated) { self.behavior = behavior }

  init(_ field: JSONField) throws {
    behavior = try field["behavior"].isNull ? .isolated : PreTokenizers.behavior(field["behavior"])
  }

  public var json: JSONValue {
    .object([("type", .string("Punctuation")), ("behavior", .string(behavior.rawValue))])
  }

  public func split(_ text: UnsafeBufferPointer<UInt8>, into pieces: inout [Range<Int>]) {
    PieceCollector.split(text, at: .punctuation, behavior, into: &pieces)
  }
}
