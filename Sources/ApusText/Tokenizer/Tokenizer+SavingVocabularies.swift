import ApusFiles

extension Tokenizer {
  /// Writes BERT's `vocab.txt`: the tokens, one a line, in the order of their ids.
  func saveBERTVocabulary(to path: String) throws {
    guard let model = model as? WordPiece, model.continuingPrefix == "##" else {
      throw InputError(file: path, expected: "word pieces with ##", found: "another tokenizer")
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
  /// The files have no word about added tokens and a space put in front of texts: who reads them
  /// knows.
  ///
  /// - Throws: `FileError` if one can't be written, `InputError` for a model that is no byte-level
  ///   byte-pair encoding like GPT-2's, and for added tokens outside of its vocabulary.
  public func saveGPT2(vocabulary path: String, merges mergesPath: String) throws {
    guard let model = model as? ByteLevelBPE, !model.ignoresMerges else {
      throw InputError(
        file: path, expected: "byte-level BPE as in GPT-2", found: "another tokenizer")
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
