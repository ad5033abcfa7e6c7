import Yams

/// The architecture of a model and its sizes: the section of one family of architectures.
public enum ModelRecipe: Equatable, Sendable {
  case transformer(TransformerRecipe)
  case recurrent(RecurrentRecipe)
  case window(WindowRecipe)
  case wordVectors(WordVectorRecipe)
  case translation(TranslationRecipe)
  case classifier(ClassifierRecipe)
  case ensemble(EnsembleRecipe)
  case elmo(ELMoRecipe)
  case tagger(TaggerRecipe)
  case speech(SpeechRecipe)
  case sentences(SentenceRecipe)
  case fineTuned(FineTuningRecipe)

  /// The families by the kinds that name them in a recipe.
  private static let families = [
    Family(TransformerRecipe.self) { .transformer($0) },
    Family(RecurrentRecipe.self) { .recurrent($0) },
    Family(WindowRecipe.self) { .window($0) },
    Family(WordVectorRecipe.self) { .wordVectors($0) },
    Family(TranslationRecipe.self) { .translation($0) },
    Family(ClassifierRecipe.self) { .classifier($0) },
    Family(EnsembleRecipe.self) { .ensemble($0) },
    Family(ELMoRecipe.self) { .elmo($0) },
    Family(TaggerRecipe.self) { .tagger($0) },
    Family(SpeechRecipe.self) { .speech($0) },
    Family(SentenceRecipe.self) { .sentences($0) },
    Family(FineTuningRecipe.self) { .fineTuned($0) },
  ]

  /// All values of `kind`.
  static var kinds: [String] { families.flatMap(\.kinds) }

  private struct Family: Sendable {
    let kinds: [String]
    let read: @Sendable (Node) throws(RecipeProblem) -> ModelRecipe

    init<Section: ModelSection>(
      _ section: Section.Type, _ model: @escaping @Sendable (Section) -> ModelRecipe
    ) {
      kinds = section.kinds
      read = { node throws(RecipeProblem) in model(try Section(node)) }
    }
  }

  var section: any ModelSection {
    switch self {
    case .transformer(let section): section
    case .recurrent(let section): section
    case .window(let section): section
    case .wordVectors(let section): section
    case .translation(let section): section
    case .classifier(let section): section
    case .ensemble(let section): section
    case .elmo(let section): section
    case .tagger(let section): section
    case .speech(let section): section
    case .sentences(let section): section
    case .fineTuned(let section): section
    }
  }

  init(_ node: Node) throws(RecipeProblem) {
    guard case .mapping(let mapping) = node else {
      throw RecipeProblem(
        path: [], expected: "as a mapping of keys to values", found: node.excerpt,
        row: node.mark?.line)
    }
    let kind = mapping["kind"]
    let family = Self.families.first { $0.kinds.contains(kind?.scalar?.string ?? "") }
    guard let family else {
      throw RecipeProblem(
        path: ["kind"], expected: "as one of \(Self.kinds.joined(separator: ", "))",
        found: kind?.excerpt ?? "none",
        row: kind?.mark?.line ?? node.mark?.line)
    }
    self = try family.read(node)
  }

  var node: Node { section.node }
}

/// What a recipe says of a model, whatever its family.
protocol ModelSection: RecipeSection {
  /// The values of `kind` that stand for the family.
  static var kinds: [String] { get }

  var kindName: String { get }
  /// What models of the kind learn.
  var objective: ObjectiveRecipe.Kind { get }
  /// The number of ids; nil takes it from the tokenizer.
  var vocabularySize: Int? { get }
  /// The longest sequence of a batch; nil where there is no bound.
  var longestSequence: Int? { get }
  /// The key that sets it.
  static var longestSequenceKey: String { get }
  /// Whether the model can compute its blocks again in the backward pass, to save memory.
  static var canRecompute: Bool { get }

  /// The number of trained values.
  ///
  /// - Parameter vocabularySize: The number of ids, where the recipe leaves it to the tokenizer.
  /// - Returns: A whole number, exact below 2⁵³ and free of overflow above.
  func parameterCount(vocabularySize: Int) -> Double

  /// What a token costs in training.
  func cost(_ setting: CostSetting) -> TokenCost
}

extension ModelSection {
  static var longestSequenceKey: String { "contextLength" }
  static var canRecompute: Bool { false }
}

/// A model over a pretrained encoder, whose sizes its directory tells and no recipe.
///
/// What is counted leaves the encoder out, and the heads are next to nothing beside it.
protocol EncoderSection: ModelSection {}

extension EncoderSection {
  var vocabularySize: Int? { nil }

  func parameterCount(vocabularySize: Int) -> Double { 0 }

  func cost(_ setting: CostSetting) -> TokenCost { TokenCost(operations: 0, activationBytes: 0) }
}

/// What the cost of a token depends on beside the model.
struct CostSetting {
  var vocabularySize: Int
  var usesBFloat16: Bool
  /// Whether blocks are computed again in the backward pass.
  var recomputes: Bool
  /// The share of the tokens that are predicted.
  var predictedShare: Double
}

/// What a token costs in training.
public struct TokenCost: Sendable, Equatable {
  /// Floating-point operations of matrix products, forward and backward.
  public var operations: Double
  /// Bytes that the forward pass keeps for the backward pass.
  public var activationBytes: Double
}

extension ModelRecipe {
  /// The architecture by its name in recipes.
  public var kindName: String { section.kindName }
  /// The number of ids; nil takes it from the tokenizer.
  public var vocabularySize: Int? { section.vocabularySize }
  /// The longest sequence of a batch; nil where there is no bound.
  public var longestSequence: Int? { section.longestSequence }

  /// The number of trained values.
  ///
  /// - Parameter vocabularySize: The number of ids, where the recipe leaves it to the tokenizer.
  /// - Returns: A whole number, exact below 2⁵³ and free of overflow above.
  public func parameterCount(vocabularySize: Int) -> Double {
    section.parameterCount(vocabularySize: vocabularySize)
  }
}

extension Recipe {
  /// What a token costs in training.
  public func tokenCost(vocabularySize: Int, usesBFloat16: Bool) -> TokenCost {
    model.section.cost(
      CostSetting(
        vocabularySize: model.vocabularySize ?? vocabularySize, usesBFloat16: usesBFloat16,
        recomputes: training.gradientCheckpointing,
        predictedShare: objective.kind == .masked ? objective.maskingRate : 1))
  }
}
