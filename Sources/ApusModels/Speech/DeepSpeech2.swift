import ApusFiles
import ApusLayers
import ApusTensors

/// The sizes of a `DeepSpeech2`.
public struct DeepSpeech2Config: Sendable, Hashable {
  public var convolutions = [
    SpectralConvolution(channelCount: 32, timeSize: 11, binSize: 41, timeStride: 2, binStride: 2),
    SpectralConvolution(channelCount: 32, timeSize: 11, binSize: 21, binStride: 2),
  ]
  public var cell = RecurrentCell.gru
  /// Units of each layer and direction.
  public var hiddenSize: Int
  public var layerCount: Int
  public var isBidirectional = true
  /// Whether a batch norm stands before each recurrent layer but the first.
  public var normalizesLayers = true
  /// The elements behind each that a row convolution sees, for networks of one direction; 0 for none.
  public var lookahead = 0
  public var dropout: Float = 0

  public init(hiddenSize: Int, layerCount: Int) {
    self.hiddenSize = hiddenSize
    self.layerCount = layerCount
  }

  var outputSize: Int { hiddenSize * (isBidirectional ? 2 : 1) }

  /// The number of weights but those of the head; in Double, so that no sizes overflow.
  func parameterCount(inputSize: Int) -> Double {
    let (unit, width) = (Double(hiddenSize), Double(outputSize))
    let inputs =
      Double(convolutions.outputSize(inputSize: inputSize)) + Double(layerCount - 1) * width
    let gates = Double(cell.sumCount) * width * (inputs + Double(layerCount) * (unit + 2))
    return convolutions.parameterCount + gates
      + (normalizesLayers ? Double(2 * layerCount - 2) * width : 0)
      + (lookahead > 0 ? Double(lookahead + 1) * width : 0)
  }
}

extension DeepSpeech2Config {
  init(_ json: JSONField) throws {
    hiddenSize = try json["hidden_size"].integer(in: 1...ConfigurationLimit.size)
    layerCount = try json["num_hidden_layers"].integer(in: 1...ConfigurationLimit.layers)
    convolutions = try SpectralConvolution.all(json)
    cell = try json.choice("cell", default: cell)
    isBidirectional = try json["bidirectional"].bool(default: true)
    normalizesLayers = try json["batch_norm"].bool(default: true)
    lookahead = try json["lookahead"].integer(in: 0...ConfigurationLimit.layers)
    dropout = try json.number("dropout", default: dropout, in: ConfigurationLimit.dropout)
  }

  var members: [(String, JSONValue)] {
    [
      ("hidden_size", .integer(hiddenSize)), ("num_hidden_layers", .integer(layerCount)),
      ("convolutions", .array(convolutions.map(\.json))), ("cell", .string(cell.rawValue)),
      ("bidirectional", .bool(isBidirectional)), ("batch_norm", .bool(normalizesLayers)),
      ("lookahead", .integer(lookahead)), ("dropout", .decimal(dropout)),
    ]
  }
}

/// Convolutions over time and frequency, recurrent layers and, in networks of one direction, a row
/// convolution that looks a little ahead.
///
/// - Source: Amodei et al. 2016, §3.
struct DeepSpeech2: SpeechNetwork {
  struct RecurrentStep {
    let norm: BatchNorm?
    let dropout: Dropout
    let network: RecurrentNetwork

    func callAsFunction(
      _ x: Sequences, from states: [RecurrentState]? = nil, _ mode: Mode
    ) -> (outputs: Sequences, states: [RecurrentState]) {
      let normed = norm.map { $0(x, mode) } ?? x
      return network(normed.map { dropout($0, mode) }, from: states, mode)
    }
  }

  let convolutions: SpectralConvolutions
  let layers: [RecurrentStep]
  let lookahead: Convolution?
  private let head: Linear

  init(_ config: DeepSpeech2Config, inputSize: Int, symbolCount: Int, in scope: Scope) {
    convolutions = SpectralConvolutions(config.convolutions, in: scope / "convolutions")
    let width = config.outputSize
    layers = (0..<config.layerCount).map { index in
      let scope = scope / "recurrent" / index
      let seen = index == 0 ? config.convolutions.outputSize(inputSize: inputSize) : width
      return RecurrentStep(
        norm: index > 0 && config.normalizesLayers ? BatchNorm(width, in: scope / "norm") : nil,
        dropout: Dropout(config.dropout, in: scope / "dropout"),
        network: RecurrentNetwork(
          RecurrentOptions(
            config.cell, inputSize: seen, size: config.hiddenSize,
            isBidirectional: config.isBidirectional),
          in: scope))
    }
    lookahead =
      config.lookahead == 0
      ? nil
      : Convolution(
        width, width, over: Window(config.lookahead + 1, padding: (0, config.lookahead)),
        groupCount: width, hasBias: false, in: scope / "lookahead")
    head = Linear(width, symbolCount, in: scope / "head")
  }

  func callAsFunction(_ frames: Sequences, _ mode: Mode) -> Sequences {
    var x = convolutions(frames, mode)
    for layer in layers { x = layer(x, mode).outputs }
    if let lookahead { x = lookahead(x).map { $0.clippedReLU() } }
    return x.map { logits($0, mode) }
  }

  func stream(_ mode: Mode) -> SpeechStream? { SpeechStream(self, mode) }

  /// - Shapes: [M, C] → [M, symbols], Float32
  func logits(_ x: Tensor, _ mode: Mode) -> Tensor { head(x, mode).converted(to: .float32) }
}
