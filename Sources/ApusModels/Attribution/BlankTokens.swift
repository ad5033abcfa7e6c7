import ApusText

/// Which tokens take the place of a text's own, so that they say nothing of it.
public struct BlankTokens: Sendable {
  /// What surrounds texts, which stays.
  let special: Set<Int32>
  /// What stands for any other token where an encoder was trained on tokens: the mask of the
  /// tokenizer, or else its unknown token, or else its last one.
  let replacement: Int32

  /// - Parameters:
  ///   - tokenizer: That of the encoder.
  ///   - isPair: Whether two texts are read together.
  init(_ tokenizer: Tokenizer, isPair: Bool) {
    // What surrounds texts, and nothing else, is left of empty ones.
    special = Set(tokenizer.encode("", isPair ? "" : nil).ids)
    replacement =
      ["[MASK]", "<mask>"].lazy.compactMap(tokenizer.id).first ?? tokenizer.unknownID
      ?? Int32(tokenizer.vocabularySize - 1)
  }
}
