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

  /// The negative log-likelihood of the labels of all sequences, in nats: a scalar.
  ///
  /// - Shapes: states [N, C] over B sequences, labels [N] → []
  public func loss(_ states: Sequences, labels: Tensor, _ mode: Mode) -> Tensor {
    let emissions = states.map { projection($0, mode) }
    let losses =
      chain.map { $0.losses(emissions, labels: labels) }
      ?? crossEntropy(emissions.values, targets: labels)
    return losses.sum()
  }

  /// The most probable label of each element.
  public func labels(_ states: Sequences, _ mode: Mode) -> [Int] {
    let emissions = states.map { projection($0, mode) }
    let labels =
      chain.map { $0.bestLabels(emissions) }
      ?? emissions.values.argmax(axis: -1)
    return labels.elements(as: Int32.self).map(Int.init)
  }
}
