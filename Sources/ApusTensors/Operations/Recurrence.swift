import CApusKernels

/// How a recurrent unit makes its state from its sums.
///
/// - Source: Elman 1990; Cho et al. 2014, as in PyTorch with the reset gate on the product;
///   Hochreiter & Schmidhuber 1997 with the forget gate of Gers et al. 2000.
public enum RecurrentCell: String, Sendable, Hashable, Codable, CaseIterable {
  case tanh, relu, gru, lstm

  /// The sums of a unit: its gates in PyTorch's order, reset, update, new or input, forget, cell,
  /// output.
  public var sumCount: Int {
    switch self {
    case .tanh, .relu: 1
    case .gru: 3
    case .lstm: 4
    }
  }

  var kernel: apus_cell {
    switch self {
    case .tanh: APUS_RNN_TANH
    case .relu: APUS_RNN_RELU
    case .gru: APUS_GRU
    case .lstm: APUS_LSTM
    }
  }
}

/// What a recurrent layer multiplies states with, Float32, for H units with G sums each and states
/// of P values.
public struct RecurrentWeights: Sendable {
  /// What states are multiplied with: [G · H, P].
  public var hidden: Tensor
  /// Added to these products: [G · H].
  public var bias: Tensor?
  /// From an LSTM's memory to its input, forget and output gates: [3, H].
  public var peepholes: Tensor?
  /// From an LSTM's H outputs to the state: [P, H]; P = H without.
  public var projection: Tensor?
  /// What normed products and memory are scaled with; nil where nothing is normed.
  public var norms: RecurrentNorms?

  public init(
    hidden: Tensor, bias: Tensor? = nil, peepholes: Tensor? = nil, projection: Tensor? = nil,
    norms: RecurrentNorms? = nil
  ) {
    self.hidden = hidden
    self.bias = bias
    self.peepholes = peepholes
    self.projection = projection
    self.norms = norms
  }
}

/// What a layer norm inside a recurrent layer scales and shifts with, Float32, for H units with G
/// sums each.
///
/// The products of a state are normed together, all sums of all units as one row, before the bias is
/// added; an LSTM's memory is normed before the tanh of its output, not on its way to the next step.
///
/// - Source: Ba et al. 2016, supplement, equations 20 to 22; there a GRU's candidate is normed apart
///   from its gates.
public struct RecurrentNorms: Sendable {
  /// Of the products of states: [G · H].
  public var hiddenGain: Tensor
  /// Of an LSTM's memory: [H].
  public var memoryGain, memoryBias: Tensor?

  public init(hiddenGain: Tensor, memoryGain: Tensor? = nil, memoryBias: Tensor? = nil) {
    self.hiddenGain = hiddenGain
    self.memoryGain = memoryGain
    self.memoryBias = memoryBias
  }
}

/// How values stay as they were in the step before.
///
/// - Source: Krueger et al. 2017.
public enum Zoneout: Sendable {
  /// In training: the elements that the draw drops stay, all others are fresh.
  case drawn(Dropped)
  /// In evaluation: of each value this share stays, which is the expectation of the draw.
  case expected(Float)
}

/// What of a recurrent layer stays as it was in the step before.
public struct RecurrentZoneout: Sendable {
  /// Of the states, after a projection if there is one.
  public var states: Zoneout?
  /// Of an LSTM's memory.
  ///
  /// Its output is made of what the memory would be if nothing stayed.
  public var memory: Zoneout?

  public init(states: Zoneout? = nil, memory: Zoneout? = nil) {
    self.states = states
    self.memory = memory
  }
}

/// What a recurrent layer knows of B sequences.
public struct RecurrentState: Sendable {
  /// The state of each sequence, as products take it: [B, P].
  public var hidden: Tensor
  /// What units keep from element to element, Float32: [B, H].
  ///
  /// That is the memory of an LSTM, and with other cells the state itself, not rounded to the type
  /// of products. Nil stands for an LSTM's zeros, or for the values of `hidden`.
  public var memory: Tensor?

  public init(hidden: Tensor, memory: Tensor? = nil) {
    self.hidden = hidden
    self.memory = memory
  }

  /// The states of some of the sequences, in the given order.
  public func selecting(_ sequences: [Int]) -> RecurrentState {
    let rows = sequences.map(Int32.init)
    return RecurrentState(hidden: hidden.gathered(rows), memory: memory?.gathered(rows))
  }

  /// The same values, from which no gradient flows to where they came from.
  public var detached: RecurrentState {
    RecurrentState(hidden: hidden.detached, memory: memory?.detached)
  }
}

/// A recurrent layer over whole sequences, in one direction.
///
/// - Parameters:
///   - inputs: What each element adds to the sums: its product with the input weights, and biases.
///   - cell: The kind of unit.
///   - weights: What states are multiplied with.
///   - initial: The state before the first element; zeros if it is left out.
///   - isReversed: Whether sequences are gone through from their ends.
///   - clip: What an LSTM's memory is held within; beyond it no gradient flows.
///   - stateClip: What projected states are held within; beyond it no gradient flows.
///   - zoneout: What of states and memory stays as it was in the step before.
///   - quantized: Whether the weights of products are rounded as in `linear`; no gradient flows then.
/// - Returns: The state after each element, and after all; that of a sequence without elements is
///   its initial one.
/// - Shapes: [N, G · H] → [N, P] over B sequences.
/// - Source: LSTM with projection: Sak et al. 2014; with peepholes: Gers et al. 2002.
public func recurrence(
  _ inputs: Sequences, _ cell: RecurrentCell, _ weights: RecurrentWeights,
  from initial: RecurrentState? = nil, isReversed: Bool = false, clip: Float = .infinity,
  stateClip: Float = .infinity, zoneout: RecurrentZoneout = RecurrentZoneout(),
  quantized: Bool = false
) -> (states: Sequences, last: RecurrentState) {
  let pass = RecurrentPass(
    inputs, cell, weights, from: initial, isReversed: isReversed, clip: clip,
    stateClip: stateClip, zoneout: zoneout, quantized: quantized)
  let results = pass.forward()
  let tracked = recorded(
    "recurrence", results,
    from: quantized ? [] : RecurrentPass.operands(inputs, weights, initial),
    backward: pass.backward)
  return (inputs.with(tracked[0]), RecurrentState(hidden: tracked[1], memory: tracked[2]))
}
