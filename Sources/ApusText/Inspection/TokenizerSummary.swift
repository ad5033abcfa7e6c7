import ApusFiles

/// What a tokenizer is, in a few words and numbers.
public struct TokenizerSummary: Sendable, Equatable {
  /// A token as its vocabulary spells it.
  public struct Token: Sendable, Equatable {
    public var id: Int32
    public var spelling: String
  }

  /// The name of the model: `bpe`, `wordpiece`, or `lexicon` for words and characters.
  public var kind: String
  /// One more than the highest id.
  public var vocabularySize: Int
  /// Tokens that are found in text before anything else.
  public var specialTokens: [Token]
  /// The longest tokens of text, the longest first; of equal ones those of smaller ids.
  public var longestTokens: [Token]
  /// The `Tokenizer.fingerprint`.
  public var fingerprint: UInt64

  /// Looks through the vocabulary of a tokenizer for its `longestCount` longest tokens.
  public init(_ tokenizer: Tokenizer, longestCount: Int = 10) {
    kind =
      switch tokenizer.model {
      case is ByteLevelBPE: "bpe"
      case is WordPiece: "wordpiece"
      default: "lexicon"
      }
    vocabularySize = tokenizer.vocabularySize
    fingerprint = tokenizer.fingerprint
    specialTokens = tokenizer.addedTokens.filter(\.isSpecial)
      .map { Token(id: $0.id, spelling: $0.content) }
    let special = Set(tokenizer.addedTokens.map(\.id))
    longestTokens = (0..<Int32(tokenizer.model.vocabulary.count))
      .filter { !special.contains($0) }
      .compactMap { id in
        tokenizer.token(of: id).map { Token(id: id, spelling: $0) }
      }
      .sorted {
        let (left, right) = ($0.spelling.unicodeScalars.count, $1.spelling.unicodeScalars.count)
        return left != right ? left > right : $0.id < $1.id
      }
      .prefix(longestCount).map(\.self)
  }
}
