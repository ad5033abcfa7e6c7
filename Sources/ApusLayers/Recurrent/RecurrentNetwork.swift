import ApusTensors

/// Recurrent layers on top of each other, in one direction or both.
///
/// - Shapes: [N, inputSize] → [N, outputSize] over B sequences, in the mode's type; where there are
///   two directions, what comes from the beginning stands before what comes from the end.
public struct RecurrentNetwork: Layer {
  public let options: RecurrentOptions
  /// The directions of each layer.
  private let layers: [[RecurrentLayer]]
  private let dropouts: [SequenceDropout]

  public init(_ options: RecurrentOptions, in scope: Scope) {
    precondition(
      options.layerCount > 0 && options.size > 0 && options.inputSize > 0,
      "RecurrentNetwork: expected sizes above 0, got \(options)")
    self.options = options
    layers = (0..<options.layerCount).map { layer in
      (0..<options.directionCount).map { direction in
        RecurrentLayer(
          options.layer(layer), number: layer, isReversed: direction == 1, in: scope)
      }
    }
    dropouts = (1..<options.layerCount).map {
      SequenceDropout(options.dropout, isLocked: options.locksDropout, in: scope / "drop" / $0)
    }
  }

  /// Runs over whole sequences.
  ///
  /// - Parameters:
  ///   - x: A row an element.
  ///   - states: Of each layer and direction, as they were returned for what came before; from
  ///     zeros if it is left out.
  ///   - mode: How the network runs.
  /// - Returns: What the last layer gives, and the states to go on from.
  public func callAsFunction(
    _ x: Sequences, from states: [RecurrentState]? = nil, _ mode: Mode
  ) -> (outputs: Sequences, states: [RecurrentState]) {
    let expected = layers.count * options.directionCount
    precondition(
      states == nil || states?.count == expected,
      "RecurrentNetwork: expected \(expected) states, got \(states?.count ?? 0)")
    var outputs = x.map { $0.converted(to: mode.scalarType) }
    var last: [RecurrentState] = []
    for (index, directions) in layers.enumerated() {
      if index > 0 { outputs = dropouts[index - 1](outputs, mode) }
      let results = directions.enumerated().map { direction, layer in
        layer(outputs, from: states?[index * options.directionCount + direction], mode)
      }
      last += results.map(\.last)
      outputs =
        results.count == 1
        ? results[0].states
        : outputs.with(concatenated(results.map(\.states.values), axis: 1))
    }
    return (outputs, last)
  }
}
