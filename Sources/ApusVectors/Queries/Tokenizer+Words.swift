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
}
