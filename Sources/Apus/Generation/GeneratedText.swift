import ApusDecoding

/// What a model wrote after a prompt.
public struct GeneratedText: Sendable, Hashable {
  public internal(set) var text: String
  /// The tokens that the model chose, the end-of-text token not counted.
  public internal(set) var tokenCount: Int
  /// Why it ends.
  public internal(set) var ending: ContinuationEnding
  /// The score of beam search; nil for drawn texts.
  public internal(set) var score: Float?
}
