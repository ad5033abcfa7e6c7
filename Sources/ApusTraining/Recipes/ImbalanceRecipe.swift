/// What is done about classes with very unequal numbers of examples.
public struct ImbalanceRecipe: Equatable, Sendable {
  /// What the loss of an example is multiplied with, by its class.
  public enum ClassWeights: String, CaseIterable, Sendable {
    case none
    /// The inverse of the class's share.
    case inverse
    /// The inverse of its effective number of examples (Cui et al. 2019).
    case effective
  }

  /// How the smaller classes are filled up when the classifier is trained again.
  public enum Filling: String, CaseIterable, Sendable {
    /// By repeating examples.
    case none
    /// By points between an example and one of its neighbours (Chawla et al. 2002).
    case smote
    /// By examples with normal noise.
    case noise
  }

  public var classWeights = ClassWeights.none
  /// The β of effective numbers.
  public var effectiveBeta = 0.999
  /// The γ of the focal loss of Lin and others (2017); 0 for none.
  public var focusing = 0.0
  /// How much of the logarithms of the classes' shares is added to the logits of training texts; 0 for
  /// nothing.
  ///
  /// - Source: Menon et al. 2021.
  public var logitAdjustment = 0.0
  /// Which examples an epoch takes.
  public var sampling = ClassSampling.Kind.natural
  /// The epochs in which the classifier alone is trained again, at the end, on balanced batches of
  /// features; 0 for none.
  ///
  /// - Source: Kang et al. 2020.
  public var retrainingEpochs = 0
  public var retrainingRate = 0.001
  public var filling = Filling.none
  /// The nearest examples of a class that SMOTE chooses amongst.
  public var neighbours = 5
  /// The deviation of the noise, as a share of each feature's own in the class.
  public var noise = 0.1
  /// Whether thresholds of the classes are chosen on the validation texts, by macro F1.
  public var tunesThresholds = false
  /// The penalties on the classifier's weights: their sum of sizes, and half of their squares.
  public var l1 = 0.0
  public var l2 = 0.0

  public init() {}
}

extension ImbalanceRecipe: RecipeSection {
  static let fields: [RecipeField<ImbalanceRecipe>] = [
    .choice("classWeights", \.classWeights),
    .number("effectiveBeta", \.effectiveBeta, 0...0.999_999_999).when {
      $0.classWeights == .effective
    },
    .number("focusing", \.focusing, 0...20),
    .number("logitAdjustment", \.logitAdjustment, 0...10),
    .choice("sampling", \.sampling),
    .integer("retrainingEpochs", \.retrainingEpochs, 0...10_000),
    .number("retrainingRate", \.retrainingRate, 1e-9...10).when { $0.retrainingEpochs > 0 },
    .choice("filling", \.filling).when { $0.retrainingEpochs > 0 },
    .integer("neighbours", \.neighbours, 1...1000).when { $0.fills(by: .smote) },
    .number("noise", \.noise, 0...10).when { $0.fills(by: .noise) },
    .flag("tuneThresholds", \.tunesThresholds),
    .number("l1", \.l1, 0...10),
    .number("l2", \.l2, 0...10),
  ]

  private func fills(by filling: Filling) -> Bool {
    retrainingEpochs > 0 && self.filling == filling
  }

  func checkTogether() throws(RecipeProblem) {
    // Each makes the classes count alike; together they would make the rare ones count for more.
    let balancing = [
      ("classWeights", classWeights != .none), ("logitAdjustment", logitAdjustment > 0),
      ("sampling", sampling != .natural),
    ].filter(\.1).map(\.0)
    guard balancing.count < 2 else {
      throw RecipeProblem(
        path: [], expected: "to have one of classWeights, logitAdjustment and sampling",
        found: balancing.joined(separator: " and "))
    }
  }
}
