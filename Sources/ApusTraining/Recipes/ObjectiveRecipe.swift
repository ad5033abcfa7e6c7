/// What a model learns to predict.
public struct ObjectiveRecipe: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    /// Every token from those before it.
    case causal
    /// Masked tokens from those around them (Devlin et al. 2019, §3.1).
    case masked
    /// Words from those around them, whatever their order, or how often they stand together.
    case contexts
    /// The lines of one file from those of another.
    case translation
    /// Every word from those before it, and from those behind it.
    case bidirectional
    /// The label of each text.
    case classification
    /// The tag of each word.
    case tagging
    /// What is said, or written, as symbols in their order.
    case transcription
    /// How alike texts are.
    case similarity
    /// What each of several tasks asks for.
    case tasks
  }

  /// What the best model is chosen by.
  public enum Best: String, CaseIterable, Sendable { case loss, bleu, exactMatch }

  /// The second task, about the two parts of a sequence.
  public enum Next: String, CaseIterable, Sendable {
    case none
    /// Whether B follows A in its document or comes from another one (Devlin et al. 2019).
    case nextSentence
    /// Whether A and B stand in their order or are swapped (Lan et al. 2020).
    case sentenceOrder
  }

  public var kind: Kind
  /// The share of the tokens to be predicted.
  public var maskingRate = 0.15
  /// Whether the pieces of a word are masked together.
  public var wholeWord = false
  public var next = Next.nextSentence
  /// The share of the examples with a random, shorter length.
  public var shortSequenceRate = 0.1
  /// The share of the target distribution that is spread evenly over all tokens or labels.
  public var labelSmoothing = 0.0
  /// The share of a target's tokens that the model's own choices stand for as input.
  public var sampledInputRate = 0.0
  public var best = Best.loss
  /// The share of the loss that is the distance from a teacher's answers; nil without a teacher.
  public var teacherShare: Double?
  /// What softens the answers of student and teacher; nil without a teacher.
  public var temperature: Double?
  /// Whether transcripts are put into small letters.
  public var lowercases = true
  /// Whether the first epoch goes from short to long (Amodei 2016, §3.3).
  public var sortsFirstEpoch = true

  public init(kind: Kind) { self.kind = kind }
}

extension ObjectiveRecipe: RecipeSection {
  static let fields: [RecipeField<ObjectiveRecipe>] = [
    .choice("kind", \.kind),
    .number("maskingRate", \.maskingRate, 0.001...0.9).when { $0.kind == .masked },
    .flag("wholeWord", \.wholeWord).when { $0.kind == .masked },
    .choice("next", \.next).when { $0.kind == .masked },
    .number("shortSequenceRate", \.shortSequenceRate, 0...1).when { $0.kind == .masked },
    .number("labelSmoothing", \.labelSmoothing, 0...0.99).when {
      $0.kind == .translation || $0.kind == .classification
    },
    .number("sampledInputRate", \.sampledInputRate, 0...1).when { $0.kind == .translation },
    .choice("best", \.best).when { $0.kind == .translation },
    .number("teacherShare", \.teacherShare, 0.001...1).when { $0.kind == .classification },
    .number("temperature", \.temperature, 0.01...1000).when { $0.kind == .classification },
    .flag("lowercases", \.lowercases).when { $0.kind == .transcription },
    .flag("sortsFirstEpoch", \.sortsFirstEpoch).when { $0.kind == .transcription },
  ]

  init() { self.init(kind: .causal) }
}
