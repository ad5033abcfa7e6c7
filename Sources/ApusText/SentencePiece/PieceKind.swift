/// What a token is to SentencePiece.
public enum PieceKind: Sendable {
  case normal
  /// The one that uncovered characters become.
  case unknown
  /// Never found in text, as the mark of a text's end.
  case control
  /// Always found in text as a whole.
  case userDefined
  /// Keeps its id, but is not found in text.
  case unused
  /// One byte of an unknown character.
  case byte
}
