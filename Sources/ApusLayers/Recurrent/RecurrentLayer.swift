import ApusTensors

/// A recurrent layer in one direction.
///
/// Parameters have PyTorch's names and order of gates: `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`,
/// `bias_hh_l0`, `weight_hr_l0` for projections, each with `_reverse` behind it for the way from the
/// end; peepholes, which PyTorch has not, are `weight_ch_l0`.
///
/// - Shapes: [N, C] → [N, stateSize] over B sequences.
public struct RecurrentLayer: Layer {
  private let cell: RecurrentCell
  private let isReversed: Bool
  private let memoryLimit: Float
  private let inputWeight, hiddenWeight: Parameter
  private let inputBias, hiddenBias: Parameter?
  private let peepholes, projection: Parameter?
  private let weightDropout: Dropout

  /// Creates the layer of a number.
  public init(
    _ options: RecurrentOptions, number: Int, isReversed: Bool, in scope: Scope
  ) {
    precondition(
      options.cell == .lstm
        || (!options.hasPeepholes && options.projectedSize == nil
          && options.memoryLimit == .infinity),
      """
      RecurrentLayer: expected peepholes, projections and limits with an LSTM alone, got \
      \(options)
      """)
    precondition(
      options.stateSize > 0 && options.memoryLimit > 0,
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
    memoryLimit = options.memoryLimit
    inputWeight = parameter("weight_ih", [sums, options.inputSize])
    hiddenWeight = parameter("weight_hh", [sums, options.stateSize])
    inputBias = options.hasBias ? parameter("bias_ih", [sums]) : nil
    hiddenBias = options.hasBias ? parameter("bias_hh", [sums]) : nil
    peepholes = options.hasPeepholes ? parameter("weight_ch", [3, options.size]) : nil
    projection = options.projectedSize.map { parameter("weight_hr", [$0, options.size]) }
  }

  /// Runs over sequences from their states on; from zeros without.
  public func callAsFunction(
    _ x: Sequences, from state: RecurrentState? = nil, _ mode: Mode
  ) -> (states: Sequences, last: RecurrentState) {
    let quantized = mode.precision.quantizesWeights
    return recurrence(
      x.map { linear($0, inputWeight.value, inputBias?.value, quantized: quantized) }, cell,
      RecurrentWeights(
        hidden: weightDropout(hiddenWeight.value, mode), bias: hiddenBias?.value,
        peepholes: peepholes?.value,
        projection: projection?.value),
      from: state, isReversed: isReversed, clip: memoryLimit, quantized: quantized)
  }
}
