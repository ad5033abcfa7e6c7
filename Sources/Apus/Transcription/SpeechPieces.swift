import ApusTensors

/// What a network makes of a piece of audio.
struct SpeechPiece {
  /// [T, V]; nil for a piece too short to have any.
  let logits: Tensor?
  /// The samples of this piece and all before it.
  let heardCount: Int
}

/// Long audio as a network hears it, piece by piece.
protocol SpeechPieces {
  /// The next piece; nil behind the last.
  ///
  /// - Throws: What reading audio throws.
  mutating func next() throws -> SpeechPiece?
}
