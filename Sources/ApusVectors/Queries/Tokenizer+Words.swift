import ApusText

extension Tokenizer {
  /// The ids that stand for no text of their own: special tokens, and that of unknown words.
  public var idsWithoutText: Set<Int32> {
    var ids = Set(addedTokens.filter(\.isSpecial).map(\.id))
    if let lexicon = model as? Lexicon,
      let unknown = lexicon.vocabulary.id(of: lexicon.unknownToken)
    {
      ids.insert(unknown)
    }
    return ids
  }

  /// The text of each token; nil for those that stand for none.
  public var words: [String?] {
    let ids = idsWithoutText
    return (0..<Int32(vocabularySize)).map { ids.contains($0) ? nil : token(of: $0) }
  }
}
