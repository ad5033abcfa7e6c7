/// The tokenizer that is trained when none is given.
public struct TokenizerRecipe: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable { case character, word, bpe, wordpiece, unigram }

  public var kind = Kind.bpe
  /// The number of tokens with the special ones; a character tokenizer takes all that it finds.
  public var vocabularySize = 8192
  /// Pieces seen fewer times are left out.
  public var minimumFrequency = 2
  /// Whether words are lower-cased.
  public var lowercases = false
  /// Whether words are what white space parts, as in text that is tokenized already.
  public var splitsAtWhitespace = false

  public init(kind: Kind) {
    self.kind = kind
    setStandards()
  }
}

extension TokenizerRecipe: RecipeSection {
  static let fields: [RecipeField<TokenizerRecipe>] = [
    .choice("kind", \.kind),
    .integer("vocabularySize", \.vocabularySize, 2...16_777_216).when { $0.kind != .character },
    .integer("minimumFrequency", \.minimumFrequency, 1...Int(Int32.max))
      .when { $0.kind != .unigram },
    .flag("splitsAtWhitespace", \.splitsAtWhitespace).when { $0.kind == .word },
    .flag("lowercases", \.lowercases).when { $0.kind == .word },
  ]

  init() { self.init(kind: .bpe) }

  mutating func setStandards() { minimumFrequency = [.character, .word].contains(kind) ? 1 : 2 }
}
