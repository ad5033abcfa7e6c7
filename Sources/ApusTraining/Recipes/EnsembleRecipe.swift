import ApusModels
import ApusText

/// A random multimodel ensemble: how many classifiers of texts, and what each is drawn from.
///
/// A range is a list of its least and its greatest value, both of which can be drawn.
///
/// - Source: Kowsari et al. 2018.
public struct EnsembleRecipe: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable { case rmdl }

  public var kind = Kind.rmdl
  /// The number of members.
  public var models = 3
  /// The kinds of members, taken one after the other and again from the first.
  public var networks = ClassifierRecipe.Kind.allCases
  public var vote = EnsembleConfig.Vote.majority
  /// What the optimizer of each member is drawn from; none for that of the recipe in all.
  public var optimizers: [OptimizerRecipe.Kind] = []
  public var lowestDropout = 0.2
  public var highestDropout = 0.5
  /// The probability that a word of a training text counts as unknown, or that a term is dropped.
  public var wordDropout = 0.0
  public var termLimit = 75_000
  public var termWords = 1
  public var denseLayers = [1, 8]
  public var denseSizes = [128, 1024]
  public var embeddingSize = 100
  public var freezesEmbeddings = false
  public var embeddingDropout = 0.0
  public var longestText: Int?
  /// The number of kernel sizes, which are drawn from those of `kernelSizes`.
  public var kernelCounts = [2, 4]
  public var kernelSizes = [2, 3, 4, 5, 6, 7]
  public var convolutionLayers = [1, 2]
  public var channelCounts = [128, 512]
  public var cells = ClassifierRecipe.Cell.allCases
  public var recurrentLayers = [1, 5]
  public var recurrentSizes = [32, 128]

  public init() {}
}

extension EnsembleRecipe: RecipeSection {
  static let fields: [RecipeField<EnsembleRecipe>] = [
    .choice("kind", \.kind),
    .integer("models", \.models, 1...1000),
    .choices("networks", \.networks),
    .choice("vote", \.vote),
    .choices("optimizers", \.optimizers, canBeEmpty: true),
    .pair("dropouts", \.lowestDropout, \.highestDropout, 0...0.99),
    .number("wordDropout", \.wordDropout, 0...0.99),
    .integer("termLimit", \.termLimit, 1...16_777_216).when { $0.networks.contains(.dnn) },
    .integer("termWords", \.termWords, 1...16).when { $0.networks.contains(.dnn) },
    .integers("denseLayers", \.denseLayers, 1...1024, count: 2...2)
      .when { $0.networks.contains(.dnn) },
    .integers("denseSizes", \.denseSizes, 1...65_536, count: 2...2)
      .when { $0.networks.contains(.dnn) },
    .integer("embeddingSize", \.embeddingSize, 1...65_536).when(\.readsWords),
    .flag("freezeEmbeddings", \.freezesEmbeddings).when(\.readsWords),
    .number("embeddingDropout", \.embeddingDropout, 0...0.99).when(\.readsWords),
    .integer("longestText", \.longestText, 1...16_777_216).when(\.readsWords),
    .integers("kernelCounts", \.kernelCounts, 1...64, count: 2...2)
      .when { $0.networks.contains(.textcnn) },
    .integers("kernelSizes", \.kernelSizes, 1...64).when { $0.networks.contains(.textcnn) },
    .integers("convolutionLayers", \.convolutionLayers, 1...1024, count: 2...2)
      .when { $0.networks.contains(.textcnn) },
    .integers("channelCounts", \.channelCounts, 1...65_536, count: 2...2)
      .when { $0.networks.contains(.textcnn) },
    .choices("cells", \.cells).when { $0.networks.contains(.bilstm) },
    .integers("recurrentLayers", \.recurrentLayers, 1...1024, count: 2...2)
      .when { $0.networks.contains(.bilstm) },
    .integers("recurrentSizes", \.recurrentSizes, 1...65_536, count: 2...2)
      .when { $0.networks.contains(.bilstm) },
  ]

  var readsWords: Bool { networks.contains { $0 != .dnn } }

  func checkTogether() throws(RecipeProblem) {
    let ranges = [
      ("denseLayers", denseLayers), ("denseSizes", denseSizes), ("kernelCounts", kernelCounts),
      ("convolutionLayers", convolutionLayers), ("channelCounts", channelCounts),
      ("recurrentLayers", recurrentLayers), ("recurrentSizes", recurrentSizes),
    ]
    for (name, range) in ranges where range.count != 2 || range[0] > range[1] {
      throw RecipeProblem(
        path: [name], expected: "to have two values, the smaller first", found: "\(range)")
    }
    guard lowestDropout <= highestDropout else {
      throw RecipeProblem(
        path: ["dropouts"], expected: "to have two values, the smaller first",
        found: "[\(lowestDropout), \(highestDropout)]")
    }
    guard kernelCounts[1] <= kernelSizes.count, Set(kernelSizes).count == kernelSizes.count else {
      throw RecipeProblem(
        path: ["kernelSizes"],
        expected: "to have as many different sizes as kernelCounts asks for, \(kernelCounts[1])",
        found: "\(kernelSizes)")
    }
  }
}

extension EnsembleRecipe: ModelSection {
  static var kinds: [String] { Kind.allCases.map(\.rawValue) }

  var kindName: String { kind.rawValue }
  var objective: ObjectiveRecipe.Kind { .classification }
  var vocabularySize: Int? { nil }
  var longestSequence: Int? { nil }

  /// Of members of the greatest sizes.
  func parameterCount(vocabularySize: Int) -> Double {
    greatestMembers.reduce(0) { $0 + $1.parameterCount(vocabularySize: vocabularySize) }
  }

  func cost(_ setting: CostSetting) -> TokenCost {
    let costs = greatestMembers.map { $0.cost(setting) }
    return TokenCost(
      operations: costs.reduce(0) { $0 + $1.operations },
      activationBytes: costs.map(\.activationBytes).max() ?? 0)
  }

  private var greatestMembers: [ClassifierRecipe] {
    (0..<models).map { index in
      var member = ClassifierRecipe(kind: networks[index % networks.count])
      member.embeddingSize = embeddingSize
      switch member.kind {
      case .dnn: (member.hiddenSize, member.layerCount) = (denseSizes[1], denseLayers[1])
      case .textcnn:
        member.kernelSizes = Array(kernelSizes.sorted().suffix(kernelCounts[1]))
        (member.channelCount, member.layerCount) = (channelCounts[1], convolutionLayers[1])
      case .bilstm:
        (member.hiddenSize, member.layerCount) = (recurrentSizes[1], recurrentLayers[1])
      }
      return member
    }
  }
}
