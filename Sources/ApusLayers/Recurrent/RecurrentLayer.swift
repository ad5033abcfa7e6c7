import ApusTensors

/// A recurrent layer in one direction.
///
/// Parameters have PyTorch's names and order of gates: `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`,
/// `bias_hh_l0`, `weight_hr_l0` for projections, each with `_reverse` behind it for the way from the
/// end. What PyTorch has not: peepholes are `weight_ch_l0`, and with layer norm the products of
/// inputs and states are scaled by `gain_ih_l0` and `gain_hh_l0` before their biases are added, an
/// LSTM's memory by `gain_c_l0` with `bias_c_l0`.
///
/// - Shapes: [N, C] → [N, stateSize] over B sequences.
/// - Source: layer norm: Ba et al. 2016, with a norm of all sums together for each of the two
///   products in every cell; zoneout: Krueger et al. 2017.
public struct RecurrentLayer: Layer {
  private let cell: RecurrentCell
  private let isReversed: Bool
  private let memoryLimit, stateLimit: Float
  private let inputWeight, hiddenWeight: Parameter
  private let inputBias, hiddenBias: Parameter?
  private let peepholes, projection: Parameter?
  private let inputGain, hiddenGain, memoryGain, memoryBias: Parameter?
  private let weightDropout: Dropout
  /// What stays of states and memory is drawn as dropout is.
  private let stateZoneout, memoryZoneout: Dropout

  /// Creates the layer of a number.
  public init(
    _ options: RecurrentOptions, number: Int, isReversed: Bool, in scope: Scope
  ) {
    precondition(
      options.cell == .lstm
        || (!options.hasPeepholes && options.projectedSize == nil
          && options.memoryLimit == .infinity && options.memoryZoneout == 0),
      """
      RecurrentLayer: expected peepholes, projections, limits and zoneout of the memory with an \
      LSTM alone, got \(options)
      """)
    precondition(
      options.stateSize > 0 && options.memoryLimit > 0 && options.stateLimit > 0,
      "RecurrentLayer: expected a size and a limit above 0, got \(options)")
    let suffix = "_l\(number)" + (isReversed ? "_reverse" : "")
    let sums = options.size * options.cell.sumCount
    let range = options.initialRange ?? 1 / Float(options.size).squareRoot()
    func parameter(_ name: String, _ shape: [Int]) -> Parameter {
      scope.parameter(name + suffix, shape, .uniform(range))
    }
    weightDropout = Dropout(options.weightDropout, in: scope / ("weight_hh" + suffix))
    cell = options.cell
    self.isReversed = isReversed
    (memoryLimit, stateLimit) = (options.memoryLimit, options.stateLimit)
    inputWeight = parameter("weight_ih", [sums, options.inputSize])
    hiddenWeight = parameter("weight_hh", [sums, options.stateSize])
    inputBias = options.hasBias ? parameter("bias_ih", [sums]) : nil
    hiddenBias = options.hasBias ? parameter("bias_hh", [sums]) : nil
    peepholes = options.hasPeepholes ? parameter("weight_ch", [3, options.size]) : nil
    projection = options.projectedSize.map { parameter("weight_hr", [$0, options.size]) }
    func gain(_ name: String, _ size: Int) -> Parameter? {
      options.hasLayerNorm ? scope.parameter(name + suffix, [size], .ones) : nil
    }
    inputGain = gain("gain_ih", sums)
    hiddenGain = gain("gain_hh", sums)
    let normsMemory = options.hasLayerNorm && cell == .lstm
    memoryGain = normsMemory ? gain("gain_c", options.size) : nil
    memoryBias = normsMemory ? scope.parameter("bias_c" + suffix, [options.size], .zeros) : nil
    let zoneout = scope / ("zoneout" + suffix)
    stateZoneout = Dropout(options.stateZoneout, in: zoneout / "state")
    memoryZoneout = Dropout(options.memoryZoneout, in: zoneout / "memory")
  }

  /// Runs over sequences from their states on; from zeros without.
  public func callAsFunction(
    _ x: Sequences, from state: RecurrentState? = nil, _ mode: Mode
  ) -> (states: Sequences, last: RecurrentState) {
    let quantized = mode.precision.quantizesWeights
    return recurrence(
      x.map { inputs($0, quantized) }, cell,
      RecurrentWeights(
        hidden: weightDropout(hiddenWeight.value, mode), bias: hiddenBias?.value,
        peepholes: peepholes?.value, projection: projection?.value,
        norms: hiddenGain.map {
          RecurrentNorms(
            hiddenGain: $0.value, memoryGain: memoryGain?.value, memoryBias: memoryBias?.value)
        }),
      from: state, isReversed: isReversed, clip: memoryLimit, stateClip: stateLimit,
      zoneout: RecurrentZoneout(
        states: Zoneout(stateZoneout, mode), memory: Zoneout(memoryZoneout, mode)),
      quantized: quantized)
  }

  /// What inputs add to the sums, normed if the layer norms.
  private func inputs(_ x: Tensor, _ quantized: Bool) -> Tensor {
    guard let gain = inputGain?.value else {
      return linear(x, inputWeight.value, inputBias?.value, quantized: quantized)
    }
    return layerNorm(
      linear(x, inputWeight.value, quantized: quantized), gain,
      inputBias?.value ?? .zeros(gain.shape), epsilon: 1e-5)
  }
}

extension Zoneout {
  /// What stays at a layer's rate: a draw in training, the expectation otherwise; nil for nothing.
  fileprivate init?(_ dropout: Dropout, _ mode: Mode) {
    guard dropout.rate > 0 else { return nil }
    self = dropout.dropped(mode).map { .drawn($0) } ?? .expected(dropout.rate)
  }
}
