import ApusFiles
import ApusModels
import ApusTensors

/// The shape of a model that reads speech, or lines of writing.
public struct SpeechRecipe: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    case deepSpeech1 = "deepspeech1"
    case deepSpeech2 = "deepspeech2"
    /// Convolutions and a Transformer encoder.
    case transformer = "speech-transformer"
    case wav2vec2
  }

  public var kind: Kind
  public var hiddenSize = 0
  public var layerCount = 1
  public var dropout = 0.0

  // Convolutions over time and frequency, a value for each.
  public var channelCounts = [32, 32]
  public var timeSizes = [11, 11]
  public var binSizes = [41, 21]
  public var timeStrides = [2, 1]
  public var binStrides = [2, 2]

  // Recurrent.
  public var cell = RecurrentCell.gru
  public var bidirectional = true
  public var batchNorm = true
  /// The elements behind each that a row convolution sees.
  public var lookahead = 0
  /// The frames on either side of each that the first layer sees.
  public var contextSize = 9

  // Transformer.
  public var headCount = 1
  /// The inner size of the feed-forward layers; four times `hiddenSize` unless given.
  public var intermediateSize = 0
  public var attentionDropout = 0.0

  public init(kind: Kind) { self.kind = kind }

  /// The configuration of the model.
  func configuration(
    inputSize: Int, symbolCount: Int, blank: Int, encoder: Wav2Vec2Config? = nil
  ) -> SpeechConfig {
    var config = SpeechConfig(
      encoder.map(tuned) ?? network, inputSize: inputSize, symbolCount: symbolCount)
    config.blank = blank
    return config
  }

  /// Refuses a pretrained encoder where the recipe takes none, and none where it takes one.
  func require(_ encoder: PretrainedSpeech?) throws(InputError) {
    guard (encoder != nil) == (kind == .wav2vec2) else {
      throw InputError(
        expected: kind == .wav2vec2
          ? "--encoder with a pretrained wav2vec 2.0" : "no --encoder for a \(kindName) model",
        found: encoder?.directory ?? "none")
    }
  }

  /// A pretrained encoder, with the dropout of the recipe.
  private func tuned(_ encoder: Wav2Vec2Config) -> SpeechConfig.Network {
    var encoder = encoder
    (encoder.dropout, encoder.finalDropout) = (Float(dropout), Float(dropout))
    encoder.attentionDropout = Float(attentionDropout)
    return .wav2vec2(encoder)
  }

  private var network: SpeechConfig.Network {
    switch kind {
    case .deepSpeech1:
      var network = DeepSpeech1Config(hiddenSize: hiddenSize)
      network.contextSize = contextSize
      network.cell = cell
      network.dropout = Float(dropout)
      return .deepSpeech1(network)
    case .deepSpeech2:
      var network = DeepSpeech2Config(hiddenSize: hiddenSize, layerCount: layerCount)
      network.convolutions = convolutions
      network.cell = cell
      network.isBidirectional = bidirectional
      network.normalizesLayers = batchNorm
      network.lookahead = lookahead
      network.dropout = Float(dropout)
      return .deepSpeech2(network)
    case .transformer:
      var network = SpeechTransformerConfig(
        hiddenSize: hiddenSize, layerCount: layerCount, headCount: headCount)
      network.convolutions = convolutions
      network.intermediateSize = intermediateSize
      network.dropout = Float(dropout)
      network.attentionDropout = Float(attentionDropout)
      return .transformer(network)
    // The sizes of a pretrained one come with it.
    case .wav2vec2: return tuned(.base)
    }
  }

  private var convolutions: [SpectralConvolution] {
    channelCounts.indices.map {
      SpectralConvolution(
        channelCount: channelCounts[$0], timeSize: timeSizes[$0], binSize: binSizes[$0],
        timeStride: timeStrides[$0], binStride: binStrides[$0])
    }
  }

  private var hasConvolutions: Bool { kind == .deepSpeech2 || kind == .transformer }
  private var isRecurrent: Bool { kind == .deepSpeech1 || kind == .deepSpeech2 }
}

extension SpeechRecipe: RecipeSection {
  static let fields: [RecipeField<SpeechRecipe>] = [
    .choice("kind", \.kind),
    .integer("hiddenSize", \.hiddenSize, 1...65_536).when { $0.kind != .wav2vec2 },
    .integer("layerCount", \.layerCount, 1...1024)
      .when { $0.kind == .deepSpeech2 || $0.kind == .transformer },
    .number("dropout", \.dropout, 0...0.99),
    .integers("channelCounts", \.channelCounts, 1...4096, count: 1...8).when(\.hasConvolutions),
    .integers("timeSizes", \.timeSizes, 1...1024).when(\.hasConvolutions),
    .integers("binSizes", \.binSizes, 1...1024).when(\.hasConvolutions),
    .integers("timeStrides", \.timeStrides, 1...64).when(\.hasConvolutions),
    .integers("binStrides", \.binStrides, 1...64).when(\.hasConvolutions),
    .choice("cell", \.cell).when(\.isRecurrent),
    .flag("bidirectional", \.bidirectional).when { $0.kind == .deepSpeech2 },
    .flag("batchNorm", \.batchNorm).when { $0.kind == .deepSpeech2 },
    .integer("lookahead", \.lookahead, 0...1024).when { $0.kind == .deepSpeech2 },
    .integer("contextSize", \.contextSize, 0...1024).when { $0.kind == .deepSpeech1 },
    .integer("headCount", \.headCount, 1...1024).when { $0.kind == .transformer },
    .integer("intermediateSize", \.intermediateSize, 1...65_536).when { $0.kind == .transformer },
    .number("attentionDropout", \.attentionDropout, 0...0.99).when { !$0.isRecurrent },
  ]

  init() { self.init(kind: .deepSpeech2) }

  mutating func setStandards() {
    guard kind == .transformer else { return }
    (timeSizes, binSizes, timeStrides, binStrides) = ([3, 3], [3, 3], [2, 2], [2, 2])
  }

  mutating func complete() {
    if intermediateSize == 0 { intermediateSize = 4 * hiddenSize }
  }

  func checkTogether() throws(RecipeProblem) {
    if hasConvolutions {
      let lists = [
        ("timeSizes", timeSizes), ("binSizes", binSizes), ("timeStrides", timeStrides),
        ("binStrides", binStrides),
      ]
      for (name, list) in lists where list.count != channelCounts.count {
        throw RecipeProblem(
          path: [name], expected: "to have \(channelCounts.count) values, as channelCounts has",
          found: "\(list.count)")
      }
    }
    for (name, sizes) in [("timeSizes", timeSizes), ("binSizes", binSizes)] {
      guard hasConvolutions, let even = sizes.first(where: { $0 % 2 == 0 }) else { continue }
      throw RecipeProblem(path: [name], expected: "to be odd", found: "\(even)")
    }
    if kind == .deepSpeech2, bidirectional, lookahead > 0 {
      throw RecipeProblem(
        path: ["lookahead"], expected: "to be 0 where bidirectional is true",
        found: "\(lookahead)")
    }
    if kind == .transformer, hiddenSize % headCount != 0 {
      throw RecipeProblem(
        path: ["headCount"], expected: "to divide hiddenSize \(hiddenSize)",
        found: "\(headCount)")
    }
  }
}

extension SpeechRecipe: ModelSection {
  static var kinds: [String] { Kind.allCases.map(\.rawValue) }

  var kindName: String { kind.rawValue }
  var objective: ObjectiveRecipe.Kind { .transcription }
  var vocabularySize: Int? { nil }
  var longestSequence: Int? { nil }

  /// The symbols, which only the data tell, count as 29: English letters, apostrophe, blanks.
  func parameterCount(vocabularySize: Int) -> Double {
    configuration(inputSize: 161, symbolCount: 29, blank: 0).parameterCount
  }

  func cost(_ setting: CostSetting) -> TokenCost {
    let config = configuration(inputSize: 161, symbolCount: 29, blank: 0)
    let stride = Double(config.timeStride)
    // Each weight is multiplied with once forward and twice back for each element; that convolutions'
    // are, once for each bin, is left out.
    return TokenCost(
      operations: 6 * config.parameterCount / stride,
      activationBytes: 14 * Double(hiddenSize * layerCount) * (isRecurrent && bidirectional ? 2 : 1)
        / stride
        * (setting.usesBFloat16 ? 2.4 : 4))
  }
}
