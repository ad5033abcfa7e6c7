/// How a model that starts from a pretrained encoder learns, beside what every recipe says.
///
/// Patterns are those of `NamePattern`, over the names that `apus info` shows. Blocks are counted from
/// the top of the encoder.
public struct AdaptationRecipe: Equatable, Sendable {
  /// Patterns of parameters that stay as they are.
  public var freeze: [String] = []
  /// The steps after which one more block of the encoder learns, the top one first: gradual
  /// unfreezing.
  ///
  /// Until the first of these ends, the heads and what stands above the blocks learn alone; embeddings
  /// come last.
  ///
  /// - Source: Howard & Ruder 2018, §3.3.
  public var unfreezeEvery: Int?
  /// The same in epochs.
  public var unfreezeEveryEpochs: Int?
  /// What the learning rate is multiplied by for each step down: from the heads and what stands above
  /// the blocks to the top block, from block to block, and to what is below them.
  ///
  /// - Source: Howard & Ruder 2018, §3.2; Clark et al. 2020, appendix A.
  public var layerDecay = 1.0
  /// What the learning rate of all outside of the encoder is multiplied by.
  public var headRate = 1.0
  /// What the learning rate is multiplied by too, by patterns; the first that matches counts.
  public var rates: [NamedNumber] = []

  public init() {}
}

extension AdaptationRecipe: RecipeSection {
  static let fields: [RecipeField<AdaptationRecipe>] = [
    .texts("freeze", \.freeze),
    .integer("unfreezeEvery", \.unfreezeEvery, 1...1_000_000_000),
    .integer("unfreezeEveryEpochs", \.unfreezeEveryEpochs, 1...1_000_000),
    .number("layerDecay", \.layerDecay, 0.01...1),
    .number("headRate", \.headRate, 1e-6...1e6),
    .numbers("rates", \.rates, 1e-6...1e6),
  ]

  func checkTogether() throws(RecipeProblem) {
    guard unfreezeEvery == nil || unfreezeEveryEpochs == nil else {
      throw RecipeProblem(
        path: ["unfreezeEveryEpochs"], expected: "to come without unfreezeEvery", found: "both")
    }
  }

  /// A key that has a meaning with a pretrained encoder alone and is given; nil if there is none.
  var keyForEncoders: String? {
    let given = [
      ("unfreezeEvery", unfreezeEvery != nil), ("unfreezeEveryEpochs", unfreezeEveryEpochs != nil),
      ("layerDecay", layerDecay != 1), ("headRate", headRate != 1),
    ]
    return given.first { $0.1 }?.0
  }
}
