import ApusVectors

/// Static vectors of words: how they are learnt from the words around each, and their sizes.
public struct WordVectorRecipe: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    /// A word from each of those around it.
    case skipgram
    /// A word from the mean of those around it.
    case cbow
    /// How often two words stand near each other.
    case glove
  }

  /// What a predicted word is told from.
  public enum Prediction: String, CaseIterable, Sendable {
    /// Words drawn at random.
    case negatives
    /// The other branches of a Huffman tree: hierarchical softmax.
    case tree
  }

  public var kind: Kind
  /// The values of a vector.
  public var dimension: Int
  /// The most words on either side; skip-gram and CBOW draw how many for each word.
  public var window = 5
  public var prediction = Prediction.negatives
  /// The words drawn for each that is predicted.
  public var negatives = 5
  /// Words are drawn in proportion to their counts to this power.
  public var samplingPower = 0.75
  /// The share of the text from which on words are dropped at random, the more frequent the more often;
  /// 0 keeps all.
  public var subsampling = 0.001
  /// The characters of the shortest and longest parts of words that have vectors too, with a sign for
  /// each end of a word; 0 for words alone.
  public var minimumSubwordLength = 0
  public var maximumSubwordLength = 0
  /// The vectors that all parts share.
  public var buckets = 200_000
  /// The weight of co-occurrence from which on pairs count fully.
  public var countLimit = 100.0
  /// Rarer pairs count as their share of the limit to this power.
  public var countPower = 0.75

  public init(kind: Kind, dimension: Int) {
    self.kind = kind
    self.dimension = dimension
    setStandards()
  }

  /// How words are cut into parts; nil for words alone.
  var subwordRule: Subwords.Rule? {
    maximumSubwordLength > 0
      ? Subwords.Rule(lengths: minimumSubwordLength...maximumSubwordLength, bucketCount: buckets)
      : nil
  }
}

extension WordVectorRecipe: RecipeSection {
  static let fields: [RecipeField<WordVectorRecipe>] = [
    .choice("kind", \.kind),
    .integer("dimension", \.dimension, 1...65_536),
    .integer("window", \.window, 1...1000),
    .choice("prediction", \.prediction).when(\.predicts),
    .integer("negatives", \.negatives, 1...1000).when(\.drawsNegatives),
    .number("samplingPower", \.samplingPower, 0...1).when(\.drawsNegatives),
    .number("subsampling", \.subsampling, 0...1).when(\.predicts),
    .integer("minimumSubwordLength", \.minimumSubwordLength, 0...1000).when(\.predicts),
    .integer("maximumSubwordLength", \.maximumSubwordLength, 0...1000).when(\.predicts),
    .integer("buckets", \.buckets, 1...Int(Int32.max)).when(\.predicts),
    .number("countLimit", \.countLimit, 1e-3...1e12).when { $0.kind == .glove },
    .number("countPower", \.countPower, 0...10).when { $0.kind == .glove },
  ]

  private var predicts: Bool { kind != .glove }
  private var drawsNegatives: Bool { predicts && prediction == .negatives }

  init() { self.init(kind: .skipgram, dimension: 0) }

  mutating func setStandards() { window = kind == .glove ? 15 : 5 }

  func checkTogether() throws(RecipeProblem) {
    let lengths = (minimumSubwordLength, maximumSubwordLength)
    guard lengths == (0, 0) || lengths.0 > 0 && lengths.0 <= lengths.1 else {
      throw RecipeProblem(
        path: ["maximumSubwordLength"],
        expected: "to be at least minimumSubwordLength, from 1 on, or both 0",
        found: "\(lengths.1) beside \(lengths.0)")
    }
  }
}

extension WordVectorRecipe: ModelSection {
  static var kinds: [String] { Kind.allCases.map(\.rawValue) }

  var kindName: String { kind.rawValue }
  var objective: ObjectiveRecipe.Kind { .contexts }
  var vocabularySize: Int? { nil }
  var longestSequence: Int? { nil }

  /// Both vectors of each word, biases of GloVe included.
  func parameterCount(vocabularySize: Int) -> Double {
    let rows = 2 * Double(vocabularySize) + (subwordRule.map { Double($0.bucketCount) } ?? 0)
    return rows * Double(dimension + (kind == .glove ? 1 : 0))
  }

  func cost(_ setting: CostSetting) -> TokenCost {
    // A product of two vectors and two additions for each pair of a word around and a candidate.
    let around = kind == .skipgram ? Double(window + 1) : 1
    let candidates = 1 + Double(negatives)
    return TokenCost(operations: 6 * around * candidates * Double(dimension), activationBytes: 0)
  }
}
