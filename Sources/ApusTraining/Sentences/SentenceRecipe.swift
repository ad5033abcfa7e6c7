import ApusLayers
import ApusModels

/// How a pretrained Transformer learns to give texts vectors.
public struct SentenceRecipe: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable { case sentenceEmbedding = "sentence-embedding" }

  public enum Loss: String, CaseIterable, Sendable {
    /// An anchor's positive amongst those of the others in its batch, and given negatives.
    case ranking
    /// The order of scores.
    case cosent
    /// Scores as cosines.
    case cosine
    /// Pairs that are similar, 1, or not, 0.
    case contrastive
    /// The same, of the hard pairs of a batch alone.
    case onlineContrastive
    /// Anchor, positive and negative.
    case triplet
    /// Labels of texts by a softmax with a margin: Liu 2016, Liu 2017, Wang 2018, Deng 2019.
    case largeMargin, angularMargin, additiveMargin, additiveAngularMargin
  }

  /// What a loss learns from.
  enum Rows { case ranked, scored, labelled }

  /// How states become a vector, where that is not as the encoder's directory says.
  public enum PoolingChoice: String, CaseIterable, Sendable {
    case given, mean, first, max, last
    case meanSquareRootLength = "mean-sqrt-length"
  }

  /// Whether vectors get the length 1, where that is not as the encoder's directory says.
  public enum Normalization: String, CaseIterable, Sendable { case given, always, never }

  public var kind = Kind.sentenceEmbedding
  public var loss = Loss.ranking
  /// What cosines are multiplied with before a softmax.
  public var scale = 20.0
  /// Whether positives look for their anchors, too.
  public var symmetric = false
  /// The margin; nil takes what is usual for the loss.
  public var margin: Double?
  /// The weight of the plain cosine beside that with a margin.
  public var plainness = 0.0
  /// The weight of the squared distance from the centre of a text's class.
  public var centreWeight = 0.0
  /// What scores are divided by.
  public var scoreScale = 1.0
  public var pooling = PoolingChoice.given
  public var normalization = Normalization.given
  /// The most tokens of a text; nil as the directory says.
  public var maximumLength: Int?
  /// The values of a dense layer with tanh behind the pooling; nil for none of its own.
  public var denseSize: Int?
  /// How many first values of a vector are to say as much as possible, beside all of them.
  public var dimensions: [Int] = []

  public init(loss: Loss) { self.loss = loss }

  var rows: Rows {
    switch loss {
    case .ranking, .triplet: .ranked
    case .cosent, .cosine, .contrastive, .onlineContrastive: .scored
    case .largeMargin, .angularMargin, .additiveMargin, .additiveAngularMargin: .labelled
    }
  }

  /// The margin in force.
  var usedMargin: Float {
    let usual: Double =
      switch loss {
      case .contrastive, .onlineContrastive: 0.5
      case .triplet: 5
      case .largeMargin, .angularMargin: 4
      case .additiveMargin: 0.35
      case .additiveAngularMargin: 0.5
      case .ranking, .cosent, .cosine: 0
      }
    return Float(margin ?? usual)
  }

  /// The softmax of labels; nil for losses of other rows.
  var marginSoftmax: MarginSoftmax? {
    switch loss {
    case .largeMargin: .large(margin: Int(usedMargin), plainness: Float(plainness))
    case .angularMargin: .angular(margin: Int(usedMargin), plainness: Float(plainness))
    case .additiveMargin: .additive(margin: usedMargin, scale: Float(scale))
    case .additiveAngularMargin: .additiveAngular(margin: usedMargin, scale: Float(scale))
    default: nil
    }
  }

  private var hasScale: Bool {
    [.ranking, .cosent, .additiveMargin, .additiveAngularMargin].contains(loss)
  }
}

extension SentenceRecipe: RecipeSection {
  static let fields: [RecipeField<SentenceRecipe>] = [
    .choice("kind", \.kind),
    .choice("loss", \.loss),
    .number("scale", \.scale, 0.001...1e6).when { $0.hasScale },
    .flag("symmetric", \.symmetric).when { $0.loss == .ranking },
    .number("margin", \.margin, 0.001...1e6).when {
      ![.ranking, .cosent, .cosine].contains($0.loss)
    },
    .number("plainness", \.plainness, 0...1e6)
      .when { [.largeMargin, .angularMargin].contains($0.loss) },
    .number("centreWeight", \.centreWeight, 0...1e6).when { $0.rows == .labelled },
    .number("scoreScale", \.scoreScale, 1e-6...1e6).when { $0.rows == .scored },
    .choice("pooling", \.pooling),
    .choice("normalization", \.normalization),
    .integer("maximumLength", \.maximumLength, 3...1 << 20),
    .integer("denseSize", \.denseSize, 1...65_536),
    .integers("dimensions", \.dimensions, 1...65_536, count: 0...64),
  ]

  init() { self.init(loss: .ranking) }

  func checkTogether() throws(RecipeProblem) {
    if [.largeMargin, .angularMargin].contains(loss),
      usedMargin.rounded() != usedMargin
        || !(1...16 ~= usedMargin)
    {
      throw RecipeProblem(
        path: ["margin"], expected: "as a whole number of 1...16 for \(loss)",
        found: "\(usedMargin)")
    }
    let largest: (margin: Double, meaning: String)? =
      switch loss {
      case .additiveAngularMargin: (.pi / 2, "an angle in radians of at most π/2")
      case .contrastive, .onlineContrastive: (2, "a cosine distance of at most 2")
      default: nil
      }
    if let margin, let largest, margin > largest.margin {
      throw RecipeProblem(
        path: ["margin"], expected: "to be \(largest.meaning) for \(loss)", found: "\(margin)")
    }
    guard dimensions.isEmpty || rows != .labelled else {
      throw RecipeProblem(
        path: ["dimensions"], expected: "to be empty for \(loss), whose weights have all",
        found: "\(dimensions)")
    }
  }
}

extension SentenceRecipe: EncoderSection {
  static var kinds: [String] { Kind.allCases.map(\.rawValue) }

  var kindName: String { kind.rawValue }
  var objective: ObjectiveRecipe.Kind { .similarity }
  var longestSequence: Int? { nil }
}

extension SentenceRecipe {
  /// The directory's head with what the recipe changes.
  ///
  /// - Parameters:
  ///   - modules: What the directory says.
  ///   - hiddenSize: The number of values of a state.
  ///   - seed: What a dense layer is drawn from.
  /// - Returns: The head that is trained.
  func head(_ modules: SentenceModules, hiddenSize: Int, seed: UInt64) -> SentenceHead {
    var head = modules.head
    switch pooling {
    case .given: break
    case .mean: head.poolings = [.mean]
    case .first: head.poolings = [.first]
    case .max: head.poolings = [.max]
    case .last: head.poolings = [.last]
    case .meanSquareRootLength: head.poolings = [.meanSquareRootLength]
    }
    if let denseSize {
      head.addDense(
        inputSize: head.poolings.count * hiddenSize, outputSize: denseSize, seed: seed)
    }
    if normalization != .given { head.normalizes(normalization == .always) }
    return head
  }
}
