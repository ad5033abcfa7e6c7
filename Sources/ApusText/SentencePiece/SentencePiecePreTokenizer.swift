import ApusFiles

/// The form in which SentencePiece models see text: one piece with visible spaces.
public struct SentencePiecePreTokenizer: PreTokenizer, Equatable {
  /// Where a space is added to the whole text.
  public enum AddedSpace: Sendable {
    case before, after, none
  }

  public var addedSpace: AddedSpace
  /// Whether spaces become U+2581.
  public var escapesSpaces: Bool

  public init(addedSpace: AddedSpace = .before, escapesSpaces: Bool = true) {
    self.addedSpace = addedSpace
    self.escapesSpaces = escapesSpaces
  }

  /// The nearest form that Hugging Face tokenizers have, as transformers converts model files;
  /// `Tokenizer.save(to:)` refuses what it would change.
  public var json: JSONValue {
    MetaspacePreTokenizer(prepending: addedSpace == .before ? .always : .never).json
  }

  public func rewrite(
    _ text: UnsafeBufferPointer<UInt8>, at place: TextPlace, into output: AlignedText
  ) -> Bool {
    guard !text.isEmpty else { return false }
    let mark: Unicode.Scalar =
      escapesSpaces ? MetaspacePreTokenizer.defaultReplacement : " "
    if addedSpace == .before, place != .continuation {
      output.append(mark, from: 0..<scalar(at: 0, in: text).end)
    }
    output.append(text, replacingSpacesBy: mark)
    if addedSpace == .after { output.append(mark, from: text.count..<text.count) }
    return true
  }

  public func split(_ text: UnsafeBufferPointer<UInt8>, into pieces: inout [Range<Int>]) {
    if !text.isEmpty { pieces.append(0..<text.count) }
  }

  public func canCut(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool { false }
}
