import ApusFiles

extension Tokenizer {
  /// What SentencePiece's parts do that Hugging Face's format has no form for.
  var partsWithoutJSON: [String] {
    var parts: [String] = []
    let normalizer = normalizer as? SentencePieceNormalizer
    for text in normalizer?.protected ?? [] {
      parts.append("the user-defined symbol \"\(text)\"")
    }
    guard let preTokenizer = preTokenizer as? SentencePiecePreTokenizer else { return parts }
    switch (preTokenizer.addedSpace, normalizer?.removesExtraSpaces ?? false) {
    case (.after, _): parts.append("a space behind each text")
    case (.before, false): parts.append("a space before texts that begin with one")
    case (.none, true): parts.append("no space before texts that begin with one")
    case (.before, true), (.none, false): break
    }
    if !preTokenizer.escapesSpaces { parts.append("spaces that stay invisible") }
    return parts
  }

  /// Refuses a tokenizer that `tokenizer.json` would make another one of.
  func requireJSONForm(for path: String) throws {
    if let part = partsWithoutJSON.first {
      throw InputError(
        file: path, expected: "a tokenizer that tokenizer.json has a form for",
        found: "\(part.prefix(80)), which a SentencePiece .model can hold")
    }
  }
}
