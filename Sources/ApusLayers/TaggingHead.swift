import ApusTensors

/// Gives each element a label, from the states of any encoder.
///
/// With a conditional random field the labels of a sequence are chosen together, without each for
/// itself.
///
/// - Shapes: states [N, C] over B sequences → labels [N]
public struct TaggingHead: Layer {
  private let projection: Linear
  private let chain: ConditionalRandomField?

  /// - Parameters:
  ///   - inputSize: The size C of states.
  ///   - labelCount: The number of labels.
  ///   - hasChain: Whether labels depend on their neighbours.
  ///   - scope: Where the parameters are created.
  ///   - isAllowed: Which labels may be neighbours, as in `ConditionalRandomField`; without one it
  ///     has no meaning.
  public init(
    inputSize: Int, labelCount: Int, hasChain: Bool, in scope: Scope,
    allowing isAllowed: (_ former: Int?, _ latter: Int?) -> Bool = { _, _ in true }
  ) {
    projection = Linear(inputSize, labelCount, in: scope)
    chain =
      hasChain
      ? ConditionalRandomField(
        labelCount: labelCount, in: scope / "chain", allowing: isAllowed)
      : nil
  }

  /// The score of each label for each element, without those of neighbours.
  ///
  /// - Shapes: states [N, C] over B sequences → [N, L]
  public func emissions(_ states: Sequences, _ mode: Mode) -> Sequences {
    states.map { projection($0, mode) }
  }

  /// The negative log-likelihood of the labels of each sequence, in nats.
  ///
  /// - Shapes: emissions [N, L] over B sequences, labels [N] → [B]
  public func losses(_ emissions: Sequences, labels: Tensor) -> Tensor {
    if let chain { return chain.losses(emissions, labels: labels) }
    let losses = crossEntropy(emissions.values, targets: labels)
    return emissions.with(losses.reshaped([losses.count, 1])).sums.reshaped([emissions.count])
  }

  /// The most probable label of each element.
  public func labels(_ emissions: Sequences) -> [Int] {
    let labels = chain?.bestLabels(emissions) ?? emissions.values.argmax(axis: -1)
    return labels.elements(as: Int32.self).map(Int.init)
  }
}
