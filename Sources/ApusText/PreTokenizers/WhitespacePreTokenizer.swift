import ApusFiles

/// Cuts text at white space, which it drops.
///
/// In `tokenizer.json` it is `WhitespaceSplit`.
public struct WhitespacePreTokenizer: PreTokenizer, Equatable {
  public init() {}

  public var json: JSONValue { .object([("type", .string("WhitespaceSplit"))]) }

  public func split(_ text: UnsafeBufferPointer<UInt8>, into pieces: inout [Range<Int>]) {
    PieceCollector.split(text, at: .whitespace, .removed, into: &pieces)
  }

  public func canCut(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
    partsWords(text, at: index)
  }
}
