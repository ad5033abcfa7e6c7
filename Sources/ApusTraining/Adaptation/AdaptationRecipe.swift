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
  /// The rank of the changes that the matrices of `loraTargets` learn by, while all else of the encoder
  /// stays as it is; nil for none.
  ///
  /// - Source: Hu et al. 2022.
  public var loraRank: Int?
  /// What a change is multiplied by, before it is divided by the rank.
  public var loraAlpha = 16.0
  /// Whether it is divided by the root of the rank instead.
  ///
  /// - Source: Kalajdzievski 2023 (rsLoRA).
  public var loraRankStabilized = false
  /// Paths of modules, the last parts of such, or patterns of them.
  public var loraTargets: [String] = []
  /// The blocks at the top of the encoder that start from drawn weights, with the maps above them.
  ///
  /// - Source: Zhang et al. 2021, §5.
  public var reinitializedBlocks = 0
  /// The probability that a weight of a linear map of the encoder is, for a pass, what it was before
  /// fine-tuning.
  ///
  /// - Source: Lee et al. 2020.
  public var mixout = 0.0
  /// The length of the step along their gradient by which the encoder's word vectors are moved for a
  /// second pass, whose gradients are added; nil for none.
  ///
  /// The table is moved, so that all places of a word move alike, and the length is that of the whole
  /// batch.
  ///
  /// - Source: Miyato et al. 2017, with a table in place of sequences.
  public var adversarialStep: Double?
  /// What is multiplied with how far answers change where word vectors do, which is added to the loss;
  /// nil for not at all.
  ///
  /// - Source: Jiang et al. 2020 (SMART), §3.1, with a table in place of sequences.
  public var smoothness: Double?
  /// The steps in which the change of word vectors is looked for that changes answers most.
  public var smoothnessSteps = 1
  /// The length of such a step: the greatest change of a value of a word's vector.
  public var smoothnessStep = 0.01
  /// The most that a value may change in all.
  public var smoothnessBound = 0.01
  /// What is multiplied with how far answers are from those of weights that follow slowly, which is added
  /// to the loss; nil for not at all.
  ///
  /// - Source: Jiang et al. 2020 (SMART), §3.2: the momentum Bregman proximal point method.
  public var proximity: Double?
  /// The share of the slow weights that a step leaves.
  public var proximityDecay = 0.99

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
    .integer("loraRank", \.loraRank, 1...4096),
    .number("loraAlpha", \.loraAlpha, 1e-6...1e6).when { $0.loraRank != nil },
    .flag("loraRankStabilized", \.loraRankStabilized).when { $0.loraRank != nil },
    .texts("loraTargets", \.loraTargets).when { $0.loraRank != nil },
    .integer("reinitializedBlocks", \.reinitializedBlocks, 0...1024),
    .number("mixout", \.mixout, 0...0.99),
    .number("adversarialStep", \.adversarialStep, 1e-9...1e6),
    .number("smoothness", \.smoothness, 1e-9...1e6),
    .integer("smoothnessSteps", \.smoothnessSteps, 1...100).when { $0.smoothness != nil },
    .number("smoothnessStep", \.smoothnessStep, 1e-9...1e6).when { $0.smoothness != nil },
    .number("smoothnessBound", \.smoothnessBound, 1e-9...1e6).when { $0.smoothness != nil },
    .number("proximity", \.proximity, 1e-9...1e6),
    .number("proximityDecay", \.proximityDecay, 0.001...0.999_999_999).when {
      $0.proximity != nil
    },
  ]

  func checkTogether() throws(RecipeProblem) {
    guard unfreezeEvery == nil || unfreezeEveryEpochs == nil else {
      throw RecipeProblem(
        path: ["unfreezeEveryEpochs"], expected: "to come without unfreezeEvery", found: "both")
    }
    guard loraRank == nil || reinitializedBlocks == 0 else {
      throw RecipeProblem(
        path: ["reinitializedBlocks"],
        expected: "to be 0 with loraRank, which leaves blocks as they are",
        found: "\(reinitializedBlocks)")
    }
    guard adversarialStep == nil || smoothness == nil else {
      throw RecipeProblem(
        path: ["smoothness"], expected: "to come without adversarialStep", found: "both")
    }
    guard loraRank == nil || !loraTargets.isEmpty else {
      throw RecipeProblem(
        path: ["loraTargets"], expected: "to name modules, [query, value] of a BERT say",
        found: "none")
    }
  }

  /// The keys that are given and have a meaning with a pretrained encoder alone, and whether that must
  /// have numbered blocks.
  var keysForEncoders: [(name: String, isForBlocks: Bool)] {
    let keys = [
      ("unfreezeEvery", unfreezeEvery != nil, true),
      ("unfreezeEveryEpochs", unfreezeEveryEpochs != nil, true),
      ("layerDecay", layerDecay != 1, true), ("headRate", headRate != 1, false),
      ("loraRank", loraRank != nil, false),
      ("reinitializedBlocks", reinitializedBlocks > 0, true), ("mixout", mixout > 0, false),
      ("adversarialStep", adversarialStep != nil, false),
      ("smoothness", smoothness != nil, false),
    ]
    return keys.filter(\.1).map { ($0.0, $0.2) }
  }

  /// The key that is given and has a meaning for answers that can be compared alone.
  var keyForSmoothAnswers: String? {
    smoothness != nil ? "smoothness" : proximity != nil ? "proximity" : nil
  }

  /// The key by which an encoder changes, in steps or for a pass, though its weights do not learn.
  var keyAgainstFrozenFeatures: String? {
    let keys = [
      ("loraRank", loraRank != nil), ("reinitializedBlocks", reinitializedBlocks > 0),
      ("adversarialStep", adversarialStep != nil), ("smoothness", smoothness != nil),
    ]
    return keys.first(where: \.1)?.0
  }
}
