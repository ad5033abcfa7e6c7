import ApusFiles
import ApusLayers
import ApusTensors

/// The sizes of a `DeepSpeech1`.
public struct DeepSpeech1Config: Sendable, Hashable {
  /// The frames that the first layer sees on either side of each.
  public var contextSize = 9
  public var hiddenSize: Int
  public var cell = RecurrentCell.lstm
  public var dropout: Float = 0.05

  public init(hiddenSize: Int) { self.hiddenSize = hiddenSize }

  /// The number of weights but those of the head; in Double, so that no sizes overflow.
  func parameterCount(inputSize: Int) -> Double {
    let size = Double(hiddenSize)
    let seen = Double(2 * contextSize + 1) * Double(inputSize)
    return size * (seen + 1) + 3 * size * (size + 1)
      + 2 * Double(cell.sumCount) * size * (2 * size + 2)
  }
}

extension DeepSpeech1Config {
  init(_ json: JSONField) throws {
    hiddenSize = try json["hidden_size"].integer(in: 1...ConfigurationLimit.size)
    contextSize = try json["context_size"].integer(in: 0...ConfigurationLimit.layers)
    cell = try json.choice("cell", default: cell)
    dropout = try json.number("dropout", default: dropout, in: ConfigurationLimit.dropout)
  }

  var members: [(String, JSONValue)] {
    [
      ("hidden_size", .integer(hiddenSize)), ("context_size", .integer(contextSize)),
      ("cell", .string(cell.rawValue)), ("dropout", .decimal(dropout)),
    ]
  }
}

/// Three layers over frames with their neighbours, a recurrent one in both directions and a last one.
///
/// - Source: Hannun et al. 2014; its recurrent layer is `cell: relu`, and gated cells learn faster.
struct DeepSpeech1: SpeechNetwork {
  private let first: Convolution
  private let hidden: [Linear]
  private let recurrent: RecurrentNetwork
  private let last, head: Linear
  private let dropouts: [Dropout]

  init(_ config: DeepSpeech1Config, inputSize: Int, symbolCount: Int, in scope: Scope) {
    let size = config.hiddenSize
    // A product with each frame and its neighbours side by side.
    first = Convolution(
      inputSize, size, over: .centred(2 * config.contextSize + 1), .heUniform,
      in: scope / "layers" / 0)
    hidden = (1...2).map { Linear(size, size, .heUniform, in: scope / "layers" / $0) }
    recurrent = RecurrentNetwork(
      RecurrentOptions(config.cell, inputSize: size, size: size, isBidirectional: true),
      in: scope / "recurrent")
    last = Linear(size, size, .heUniform, in: scope / "layers" / 3)
    head = Linear(size, symbolCount, in: scope / "head")
    dropouts = (0...3).map { Dropout(config.dropout, in: scope / "layers" / $0 / "dropout") }
  }

  func callAsFunction(_ frames: Sequences, _ mode: Mode) -> Sequences {
    var x = first(frames.map { $0.converted(to: mode.scalarType) })
      .map { dropouts[0]($0.clippedReLU(), mode) }
    for (layer, dropout) in zip(hidden, dropouts[1...]) {
      x = x.map { dropout(layer($0, mode).clippedReLU(), mode) }
    }
    return recurrent(x, mode).outputs.map { both in
      let size = both.columnCount / 2
      let summed = both.columns(0..<size) + both.columns(size..<2 * size)
      let output = dropouts[3](last(summed, mode).clippedReLU(), mode)
      return head(output, mode).converted(to: .float32)
    }
  }
}
