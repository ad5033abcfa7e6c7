/// Whether operations remember how to go back.
enum Recording {
  @TaskLocal static var isOn = true
}

/// Runs `body` without building a gradient graph: nothing is saved for a way back.
public func withoutGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
  try Recording.$isOn.withValue(false, operation: body)
}

/// Runs `body` building a gradient graph, also inside `withoutGradients`.
func withGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
  try Recording.$isOn.withValue(true, operation: body)
}

/// Whether an operation on these inputs has to save what its backward needs.
func isRecorded(_ inputs: Tensor?...) -> Bool {
  inputs.contains { $0?.origin != nil } && Recording.isOn
}

extension Tensor {
  /// This tensor as the result of an operation with one output.
  ///
  /// - Parameters:
  ///   - name: The operation, for messages.
  ///   - inputs: What the result depends on.
  ///   - backward: From the gradient of this tensor to those of the inputs, each nil where the
  ///     input is not tracked. Saved tensors are released as soon as it has run.
  /// - Returns: This tensor, with its place in the graph if an input has one.
  func recorded(
    _ name: String, from inputs: [Tensor?], backward: @escaping (Tensor) -> [Gradient?]
  ) -> Tensor {
    guard Recording.isOn, inputs.contains(where: { $0?.origin != nil }) else { return self }
    let inputCount = inputs.count
    let node = Node(
      name, inputs: inputs.map { $0?.origin }, outputs: [(shape, type)],
      way: .backward { $0[0].map(backward) ?? Array(repeating: nil, count: inputCount) })
    var result = self
    result.origin = Origin(node: node, output: 0)
    return result
  }

  /// A tensor of the same elements that gradients can be asked for.
  public var tracked: Tensor {
    var result = detached
    result.origin = Origin(
      node: Node("leaf", inputs: [], outputs: [(shape, type)], way: nil), output: 0)
    return result
  }
}

/// The results of an operation with several outputs, recorded together.
func recorded(
  _ name: String, _ outputs: [Tensor], from inputs: [Tensor?],
  backward: @escaping ([Tensor?]) -> [Gradient?]
) -> [Tensor] {
  guard Recording.isOn, inputs.contains(where: { $0?.origin != nil }) else { return outputs }
  let node = Node(
    name, inputs: inputs.map { $0?.origin }, outputs: outputs.map { ($0.shape, $0.type) },
    way: .backward(backward))
  return outputs.enumerated().map { index, output in
    var output = output
    output.origin = Origin(node: node, output: index)
    return output
  }
}
