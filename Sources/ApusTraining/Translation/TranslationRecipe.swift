import ApusLayers
import ApusModels
import ApusTensors

/// The shape of a model that turns one sequence into another.
public struct TranslationRecipe: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    /// A recurrent encoder and decoder.
    case seq2seq
    /// A Transformer encoder and decoder.
    case encoderDecoder = "encoder-decoder"
  }

  public var kind: Kind
  /// The values of an embedding; `hiddenSize` unless given.
  public var embeddingSize = 0
  public var hiddenSize = 0
  public var encoderLayerCount = 1
  public var decoderLayerCount = 1
  public var dropout = 0.0
  /// Whether one tokenizer, and one table of embeddings, serves source and target.
  public var sharesVocabulary = false
  /// Whether the projection onto the vocabulary is the target's table of embeddings.
  public var tiedEmbeddings = false
  /// What the words of a target line are.
  public var targetUnit = TranslatorConfig.TargetUnit.word

  // Recurrent.
  public var cell = RecurrentCell.lstm
  public var bidirectional = true
  public var decoder = RecurrentTranslation.Form.attention
  public var attention = AttentionScore.general
  public var inputFeeding = false
  /// Whether words of the source can be copied, unknown ones too.
  public var copies = false
  /// Whether the decoder starts from a map of the encoder's last states, and not from zeros.
  public var startsFromEncoder = true

  // Transformer.
  public var headCount = 1
  /// The inner size of the feed-forward layers; four times `hiddenSize` unless given.
  public var intermediateSize = 0
  public var attentionDropout = 0.0
  public var normalization = NormPlacement.pre

  public init(kind: Kind) { self.kind = kind }

  /// The configuration of the model that the recipe describes.
  func configuration(for tokenizers: TranslationTokenizers) -> TranslatorConfig {
    var config = configuration(
      sourceVocabularySize: tokenizers.source.vocabularySize,
      targetVocabularySize: tokenizers.target.vocabularySize)
    (config.start, config.end) = (tokenizers.start, tokenizers.end)
    config.unknown = tokenizers.unknown
    return config
  }

  private func configuration(
    sourceVocabularySize: Int, targetVocabularySize: Int
  ) -> TranslatorConfig {
    var config = TranslatorConfig(
      network, sourceVocabularySize: sourceVocabularySize,
      targetVocabularySize: targetVocabularySize, start: 1, end: 2)
    config.sharesEmbeddings = sharesVocabulary
    config.tiedEmbeddings = tiedEmbeddings
    config.targetUnit = targetUnit
    return config
  }

  private var network: TranslatorConfig.Network {
    switch kind {
    case .seq2seq:
      var network = RecurrentTranslation(embeddingSize: embeddingSize, hiddenSize: hiddenSize)
      network.cell = cell
      network.encoderLayerCount = encoderLayerCount
      network.decoderLayerCount = decoderLayerCount
      network.isBidirectional = bidirectional
      network.form = decoder
      network.score = attention
      network.feedsInput = inputFeeding
      network.copies = copies
      network.startsFromEncoder = startsFromEncoder
      network.dropout = Float(dropout)
      return .recurrent(network)
    case .encoderDecoder:
      var network = TransformerTranslation(
        hiddenSize: hiddenSize, layerCount: encoderLayerCount, headCount: headCount)
      network.decoderLayerCount = decoderLayerCount
      network.intermediateSize = intermediateSize
      network.dropout = Float(dropout)
      network.attentionDropout = Float(attentionDropout)
      network.normPlacement = normalization
      return .transformer(network)
    }
  }
}

extension TranslationRecipe: ModelSection {
  static var kinds: [String] { Kind.allCases.map(\.rawValue) }

  var kindName: String { kind.rawValue }
  var objective: ObjectiveRecipe.Kind { .translation }
  var vocabularySize: Int? { nil }
  var longestSequence: Int? { nil }

  func parameterCount(vocabularySize: Int) -> Double {
    configuration(sourceVocabularySize: vocabularySize, targetVocabularySize: vocabularySize)
      .parameterCount
  }

  func cost(_ setting: CostSetting) -> TokenCost {
    let ids = Double(setting.vocabularySize)
    // Of the tables a token reads a row, but a tied one is multiplied with as a projection.
    let tables = (sharesVocabulary ? 1 : 2) - (tiedEmbeddings ? 1 : 0)
    let weights =
      parameterCount(vocabularySize: setting.vocabularySize)
      - Double(tables) * ids * Double(embeddingSize)
    let layers = Double(encoderLayerCount + decoderLayerCount)
    // Two operations a weight and token, three products a weight; a dozen values of the model's
    // width for each layer.
    return TokenCost(
      operations: 6 * weights,
      activationBytes: layers * 12 * Double(hiddenSize) * (setting.usesBFloat16 ? 2.4 : 4))
  }

  static let fields: [RecipeField<TranslationRecipe>] = [
    .choice("kind", \.kind),
    .integer("embeddingSize", \.embeddingSize, 1...65_536).when { $0.kind == .seq2seq },
    .integer("hiddenSize", \.hiddenSize, 1...65_536),
    .integer("encoderLayerCount", \.encoderLayerCount, 1...1024),
    .integer("decoderLayerCount", \.decoderLayerCount, 1...1024),
    .number("dropout", \.dropout, 0...0.99),
    .flag("sharesVocabulary", \.sharesVocabulary),
    .flag("tiedEmbeddings", \.tiedEmbeddings),
    .choice("targetUnit", \.targetUnit),
    .choice("cell", \.cell).when { $0.kind == .seq2seq },
    .flag("bidirectional", \.bidirectional).when { $0.kind == .seq2seq },
    .choice("decoder", \.decoder).when { $0.kind == .seq2seq },
    .choice("attention", \.attention)
      .when { $0.kind == .seq2seq && $0.decoder == .attention },
    .flag("inputFeeding", \.inputFeeding)
      .when { $0.kind == .seq2seq && $0.decoder == .attention },
    .flag("copies", \.copies).when { $0.kind == .seq2seq && $0.decoder == .attention },
    .flag("startsFromEncoder", \.startsFromEncoder).when { $0.kind == .seq2seq },
    .integer("headCount", \.headCount, 1...1024).when { $0.kind == .encoderDecoder },
    .integer("intermediateSize", \.intermediateSize, 1...1_048_576)
      .when { $0.kind == .encoderDecoder },
    .number("attentionDropout", \.attentionDropout, 0...0.99)
      .when { $0.kind == .encoderDecoder },
    .choice("normalization", \.normalization).when { $0.kind == .encoderDecoder },
  ]

  init() { self.init(kind: .seq2seq) }

  mutating func complete() {
    if embeddingSize == 0 { embeddingSize = hiddenSize }
    if intermediateSize == 0 { intermediateSize = 4 * hiddenSize }
  }

  func checkTogether() throws(RecipeProblem) {
    if kind == .encoderDecoder, !hiddenSize.isMultiple(of: headCount) {
      throw RecipeProblem(
        path: ["hiddenSize"], expected: "to be a multiple of headCount \(headCount)",
        found: "\(hiddenSize)")
    }
    if kind == .seq2seq, bidirectional, !hiddenSize.isMultiple(of: 2) {
      throw RecipeProblem(
        path: ["hiddenSize"], expected: "to be even for two directions", found: "\(hiddenSize)")
    }
    if case .recurrent(let network) = network, !network.seesSource {
      throw RecipeProblem(
        path: ["startsFromEncoder"],
        expected:
          "to be true where decoder is \(decoder.rawValue), which sees the source in no other way",
        found: "false")
    }
    if tiedEmbeddings, embeddingSize != hiddenSize {
      throw RecipeProblem(
        path: ["embeddingSize"],
        expected: "to be hiddenSize \(hiddenSize) where embeddings are tied",
        found: "\(embeddingSize)")
    }
    // Weights, gradients and two moments in fp32 take 16 bytes a parameter.
    let gigabytes = parameterCount(vocabularySize: 3) * 16 / 0x1p30
    guard gigabytes <= 1024 else {
      throw RecipeProblem(
        path: [], expected: "to fit with its optimizer's state into 1024 GiB",
        found: "sizes that need \(Int(gigabytes)) GiB")
    }
  }
}
