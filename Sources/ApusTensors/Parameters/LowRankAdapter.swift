/// Which weight matrices of a model get low-rank adapters, and of what size.
public struct LowRankAdapters: Sendable {
  /// The names of the matrices, each a part of a parameter.
  public var names: Set<String>
  public var rank: Int
  /// What the product of the two factors is multiplied by.
  public var scale: Float

  public init(names: Set<String>, rank: Int, scale: Float) {
    self.names = names
    self.rank = rank
    self.scale = scale
  }

  /// The names of the two factors of a matrix's change, as PEFT has them.
  public static func factorNames(of matrix: String) -> (down: String, up: String) {
    let module = matrix.droppingSuffix(weight)
    return (module + down, module + up)
  }

  /// The matrix that a factor changes; nil for the name of anything else.
  public static func matrix(ofFactor name: String) -> String? {
    [down, up].first(where: name.hasSuffix).map { name.droppingSuffix($0) + weight }
  }

  private static let (weight, down, up) = (".weight", ".lora_A.weight", ".lora_B.weight")
}

/// A change of a parameter by products of two thin matrices, beside which its own weights stay as they
/// are.
///
/// W + s·B·A for a matrix of [outputs, inputs], with A of [rank, inputs] and B of [outputs, rank]; a
/// parameter of several stacked matrices has an adapter for each or for some.
///
/// - Source: Hu et al. 2022.
struct LowRankAdapter: Reparametrization {
  struct Part: Sendable {
    let rows: Range<Int>
    /// A, from the inputs down to the rank.
    let down: Parameter
    /// B, from the rank up to the outputs.
    let up: Parameter
  }

  let parts: [Part]
  let scale: Float
  let layout: WeightLayout

  func weights(from stored: Tensor) -> Tensor { stored + change(of: stored.shape) * scale }

  private func change(of shape: [Int]) -> Tensor {
    guard layout == .outputsByInputs else {
      return linear(parts[0].down.value.transposed(), parts[0].up.value)
    }
    var pieces: [Tensor] = []
    var end = 0
    for part in parts {
      if part.rows.lowerBound > end {
        pieces.append(.zeros([part.rows.lowerBound - end, shape[1]]))
      }
      pieces.append(linear(part.up.value, part.down.value, layout: .inputsByOutputs))
      end = part.rows.upperBound
    }
    if end < shape[0] { pieces.append(.zeros([shape[0] - end, shape[1]])) }
    return pieces.count == 1 ? pieces[0] : concatenated(pieces)
  }
}

extension String {
  fileprivate func droppingSuffix(_ suffix: String) -> String {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
  }
}
