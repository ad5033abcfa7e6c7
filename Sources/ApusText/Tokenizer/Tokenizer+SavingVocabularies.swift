import ApusFiles

extension Tokenizer {
  /// Writes BERT's `vocab.txt`: the tokens, one a line, in the order of their ids.
  ///
  /// - Throws: `FileError` if it can't be written, `InputError` for a tokenizer that would be
  ///   another one when it is read from there.
  func saveBERTVocabulary(to path: String) throws {
    let normalizer = try BERTNormalizer(beside: path)
    guard model is WordPiece,
      let read = try? Tokenizer(bert: model.vocabulary, normalizer: normalizer),
      read.fingerprint == fingerprint
    else {
      throw InputError(
        file: path,
        expected: "BERT's word pieces with \(normalizer.lowercases ? "" : "no ")lower-casing, as "
          + "the file will be taken for",
        found: "a tokenizer with other parts, which tokenizer.json can hold")
    }
    let tokens = try tokensWithoutGaps(for: path)
    if let id = tokens.firstIndex(where: { $0.utf8.contains(0x0A) || $0.utf8.last == 0x0D }) {
      throw InputError(
        file: path, expected: "tokens that fit on a line", found: "another, id \(id)")
    }
    try writeAtomically(tokens.map { $0 + "\n" }.joined(), to: path)
  }

  /// Writes GPT-2's `vocab.json` and `merges.txt`, each whole or not at all.
  ///
  /// - Throws: `FileError` if one can't be written, `InputError` for a tokenizer that would give
  ///   other ids when it is read from there, as it has other parts than `init(gpt2:)` gives it.
  public func saveGPT2(vocabulary path: String, merges mergesPath: String) throws {
    guard let model = model as? ByteLevelBPE, hasPartsOfGPT2(model) else {
      throw InputError(
        file: path, expected: "byte-level BPE with the parts of GPT-2",
        found: "a tokenizer with other parts, which tokenizer.json can hold")
    }
    _ = try tokensWithoutGaps(for: path)
    var lines = ["#version: 0.2"]
    for merge in model.merges {
      let parts = [merge.left, merge.right].map { model.vocabulary.token(of: $0) ?? "" }
      guard parts.allSatisfy({ $0.utf8.allSatisfy { $0 > 0x20 } }) else {
        throw InputError(
          file: mergesPath, row: lines.count + 1, expected: "tokens without blanks",
          found: "\(parts)")
      }
      lines.append(parts.joined(separator: " "))
    }
    try writeAtomically(model.vocabulary.json.text + "\n", to: path)
    try writeAtomically(lines.map { $0 + "\n" }.joined(), to: mergesPath)
  }

  /// Whether all that decides ids is as in `init(gpt2:)`.
  private func hasPartsOfGPT2(_ model: ByteLevelBPE) -> Bool {
    let isPlain = addedTokens.allSatisfy { token in
      token.isFound && token.isSpecial && !token.isWord && !token.stripsLeft && !token.stripsRight
    }
    let expected = model.vocabulary.id(of: Self.endOfText).map { [$0] } ?? []
    return isPlain && addedTokens.map(\.id) == expected && !model.ignoresMerges
      && (model.unknownToken == nil || model.knowsAllBytes) && normalizer == nil
      && preTokenizer as? ByteLevelPreTokenizer == ByteLevelPreTokenizer()
      && (postProcessor == nil || postProcessor is ByteLevelPostProcessor)
      && decoder is ByteLevelDecoder
  }

  /// The tokens of the model by id.
  ///
  /// - Throws: `InputError` for an id without a token, or a token outside of the model.
  private func tokensWithoutGaps(for path: String) throws -> [String] {
    if let token = addedTokens.first(where: { !model.vocabulary.contains($0.id) }) {
      throw InputError(
        file: path, expected: "added tokens of the vocabulary",
        found: "\"\(token.content.prefix(40))\"")
    }
    return try (0..<Int32(model.vocabulary.count)).map { id in
      guard let token = model.vocabulary.token(of: id) else {
        throw InputError(file: path, expected: "a token for each id", found: "none for \(id)")
      }
      return token
    }
  }
}
