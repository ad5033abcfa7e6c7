import ApusTensors

/// The shape of a recurrent network.
public struct RecurrentOptions: Sendable, Hashable {
  public var cell: RecurrentCell
  public var inputSize: Int
  /// Units of each layer and direction.
  public var size: Int
  public var layerCount: Int
  /// Units of the last layer; nil for as many as in the others.
  public var lastSize: Int?
  /// Whether each layer also goes through sequences from their ends.
  public var isBidirectional: Bool
  /// The values of a state where an LSTM's outputs are projected; nil for as many as units.
  public var projectedSize: Int?
  public var hasBias: Bool
  /// Whether an LSTM's gates see its memory.
  public var hasPeepholes: Bool
  /// What an LSTM's memory is held within.
  public var memoryLimit: Float
  /// What the values of projected states are held within.
  public var stateLimit: Float
  /// The share of elements that are dropped between layers.
  public var dropout: Float
  /// Whether a sequence drops the same channels at every element.
  public var locksDropout = false
  /// The share of the weights from state to state that are dropped, anew for each batch.
  public var weightDropout: Float = 0
  /// Whether the products of inputs and of states are normed, each by itself, and an LSTM's memory
  /// before the tanh of its output.
  public var hasLayerNorm = false
  /// The share of the values of a state that stay as they were, drawn anew for each element.
  public var stateZoneout: Float = 0
  /// The same of an LSTM's memory.
  public var memoryZoneout: Float = 0
  /// First values are drawn evenly up to this size; nil stands for PyTorch's 1/√size.
  public var initialRange: Float?

  public init(
    _ cell: RecurrentCell, inputSize: Int, size: Int, layerCount: Int = 1,
    isBidirectional: Bool = false, projectedSize: Int? = nil, hasBias: Bool = true,
    hasPeepholes: Bool = false, memoryLimit: Float = .infinity, stateLimit: Float = .infinity,
    dropout: Float = 0
  ) {
    self.cell = cell
    self.inputSize = inputSize
    self.size = size
    self.layerCount = layerCount
    self.isBidirectional = isBidirectional
    self.projectedSize = projectedSize
    self.hasBias = hasBias
    self.hasPeepholes = hasPeepholes
    self.memoryLimit = memoryLimit
    self.stateLimit = stateLimit
    self.dropout = dropout
  }

  /// The values of a state of one direction, in all layers but the last.
  public var stateSize: Int { projectedSize ?? size }
  /// The values that come out of the last layer for an element.
  public var outputSize: Int { (projectedSize ?? lastSize ?? size) * directionCount }
  var directionCount: Int { isBidirectional ? 2 : 1 }

  /// The options of one layer alone.
  func layer(_ index: Int) -> RecurrentOptions {
    var options = self
    options.inputSize = index == 0 ? inputSize : stateSize * directionCount
    if index == layerCount - 1, let lastSize { options.size = lastSize }
    return options
  }
}
