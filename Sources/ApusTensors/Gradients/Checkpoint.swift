/// Runs a block of a model without keeping what its way back needs; backward runs it again.
///
/// This trades one more forward pass for the memory of the block's intermediate values. The block
/// may close over parameters and other tracked tensors: their gradients are found too. It must be
/// a function of its inputs, so that both runs give the same bits; random numbers are, since they
/// come from keys.
///
/// - Parameters:
///   - inputs: What the block gets.
///   - block: The part of the model; the number and shapes of its results depend on those of the
///     inputs alone.
/// - Returns: What the block returns.
/// - Source: Chen et al. 2016.
public func checkpointed(
  _ inputs: [Tensor], _ block: @escaping ([Tensor]) -> [Tensor]
) -> [Tensor] {
  let outputs = withoutGradients { block(inputs.map(\.detached)) }
  guard Recording.isOn else { return outputs }
  // Whether a parameter takes part is not known without a graph, so there is always a node.
  let node = Node(
    "checkpointed", inputs: inputs.map(\.origin), outputs: outputs.map { ($0.shape, $0.type) },
    way: .recomputation { withGradients { block(inputs) } })
  return outputs.enumerated().map { index, output in
    var output = output.detached
    output.origin = Origin(node: node, output: index)
    return output
  }
}

/// Runs a block of one input and one result without keeping what its way back needs.
public func checkpointed(_ input: Tensor, _ block: @escaping (Tensor) -> Tensor) -> Tensor {
  checkpointed([input]) { [block($0[0])] }[0]
}
