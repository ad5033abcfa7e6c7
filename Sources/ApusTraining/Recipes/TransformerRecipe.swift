/// The sizes and settings of a Transformer, causal or masked.
public struct TransformerRecipe: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable { case gpt, bert }

  /// The activation of the feed-forward layers, under the names of Hugging Face's transformers.
  public enum Activation: String, CaseIterable, Sendable {
    /// x Φ(x).
    case gelu
    /// The approximation of `gelu` by tanh.
    case tanhGELU = "gelu_new"
    case relu
    case silu
  }

  /// Whether a block normalises its input or the sum with its residual.
  public enum Normalization: String, CaseIterable, Sendable { case pre, post }

  public enum Positions: String, CaseIterable, Sendable { case learned, sinusoidal, rotary }

  public var kind: Kind
  /// The number of ids; nil takes it from the tokenizer.
  public var vocabularySize: Int?
  public var hiddenSize: Int
  public var layerCount: Int
  public var headCount: Int
  /// The inner size of the feed-forward layers; four times `hiddenSize` unless given.
  public var intermediateSize: Int
  /// The longest sequence, in tokens with the special ones.
  public var contextLength: Int
  /// The probability of dropping a value after embeddings, attention and feed-forward layers.
  public var dropout = 0.1
  /// The probability of dropping an attention weight; `dropout` unless given.
  public var attentionDropout: Double
  public var activation = Activation.gelu
  public var layerNormEpsilon = 1e-12
  public var normalization = Normalization.post
  public var positions = Positions.learned
  /// The standard deviation of the initial weights.
  public var initializerRange = 0.02
  /// Whether the projection onto the vocabulary is the embedding table transposed.
  public var tiedEmbeddings = true

  /// A model of given sizes with the standard values of its kind.
  public init(
    kind: Kind, hiddenSize: Int, layerCount: Int, headCount: Int, contextLength: Int
  ) {
    self.kind = kind
    self.hiddenSize = hiddenSize
    self.layerCount = layerCount
    self.headCount = headCount
    self.contextLength = contextLength
    intermediateSize = 4 * hiddenSize
    attentionDropout = dropout
    setStandards()
  }
}

extension TransformerRecipe: RecipeSection {
  static let fields: [RecipeField<TransformerRecipe>] = [
    .choice("kind", \.kind),
    .integer("vocabularySize", \.vocabularySize, 2...16_777_216),
    .integer("hiddenSize", \.hiddenSize, 1...65_536),
    .integer("layerCount", \.layerCount, 1...1024),
    .integer("headCount", \.headCount, 1...1024),
    .integer("intermediateSize", \.intermediateSize, 1...1_048_576),
    .integer("contextLength", \.contextLength, 2...1_048_576),
    .number("dropout", \.dropout, 0...0.99),
    .number("attentionDropout", \.attentionDropout, 0...0.99),
    .choice("activation", \.activation),
    .number("layerNormEpsilon", \.layerNormEpsilon, 1e-15...1),
    .choice("normalization", \.normalization),
    .choice("positions", \.positions),
    .number("initializerRange", \.initializerRange, 0...10),
    .flag("tiedEmbeddings", \.tiedEmbeddings),
  ]

  init() {
    self.init(kind: .gpt, hiddenSize: 0, layerCount: 0, headCount: 0, contextLength: 0)
    attentionDropout = .nan
  }

  mutating func setStandards() {
    switch kind {
    case .gpt: (activation, layerNormEpsilon, normalization) = (.tanhGELU, 1e-5, .pre)
    case .bert: (activation, layerNormEpsilon, normalization) = (.gelu, 1e-12, .post)
    }
  }

  mutating func complete() {
    if intermediateSize == 0 { intermediateSize = 4 * hiddenSize }
    if attentionDropout.isNaN { attentionDropout = dropout }
  }

  func checkTogether() throws(RecipeProblem) {
    guard hiddenSize.isMultiple(of: headCount) else {
      throw RecipeProblem(
        path: ["hiddenSize"], expected: "to be a multiple of headCount \(headCount)",
        found: "\(hiddenSize)")
    }
    guard positions != .rotary || (hiddenSize / headCount).isMultiple(of: 2) else {
      throw RecipeProblem(
        path: ["hiddenSize"], expected: "to give heads of an even size to rotary positions",
        found: "\(hiddenSize) over \(headCount) heads")
    }
  }
}
