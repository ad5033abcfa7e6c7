/// Why a continuation of a prompt has ended.
public enum ContinuationEnding: String, Sendable, Hashable {
  /// The model chose an end-of-text token.
  case endOfText = "end-of-text"
  /// It has as many tokens as were asked for.
  case length
  /// The model's context is full.
  case context
  /// The caller ended it.
  case stop
}
