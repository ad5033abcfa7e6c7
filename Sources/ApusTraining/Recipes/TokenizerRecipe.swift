/// The tokenizer that is trained when none is given.
public struct TokenizerRecipe: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable { case character, bpe, wordpiece }

  public var kind = Kind.bpe
  /// The number of tokens with the special ones; a character tokenizer takes all that it finds.
  public var vocabularySize = 8192
  /// Pieces seen fewer times are left out.
  public var minimumFrequency = 2

  public init(kind: Kind) {
    self.kind = kind
    setStandards()
  }
}

extension TokenizerRecipe: RecipeSection {
  static let fields: [RecipeField<TokenizerRecipe>] = [
    .choice("kind", \.kind),
    .integer("vocabularySize", \.vocabularySize, 2...16_777_216).when { $0.kind != .character },
    .integer("minimumFrequency", \.minimumFrequency, 1...Int(Int32.max)),
  ]

  init() { self.init(kind: .bpe) }

  mutating func setStandards() { minimumFrequency = kind == .character ? 1 : 2 }
}
