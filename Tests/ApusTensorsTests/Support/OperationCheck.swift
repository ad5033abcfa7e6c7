import Testing

@testable import ApusTensors

/// An operand of a checked operation, with values from a closed form.
struct Operand {
  let shape: [Int]
  let values: [Double]
  /// Whether it takes the type that is checked; weights stay Float32 and ids Int32.
  var type: ScalarType?
  var isTracked = true

  /// Waves of no particular period, between −scale + shift and scale + shift.
  static func wave(
    _ shape: [Int], seed: Double = 1, scale: Double = 1, shift: Double = 0
  ) -> Operand {
    let values = (0..<shape.reduce(1, *)).map { index -> Double in
      let position = Double(index)
      let phase = 2.3 * seed + sine(0.37 * position)
      return shift + scale * sine(1.618_033_988 * position + phase)
    }
    return Operand(shape: shape, values: values)
  }

  static func weights(
    _ shape: [Int], seed: Double = 1, scale: Double = 1, shift: Double = 0
  ) -> Operand {
    var result = wave(shape, seed: seed, scale: scale, shift: shift)
    result.type = .float32
    return result
  }

  var constant: Operand {
    var result = self
    result.isTracked = false
    return result
  }

  /// The operand rounded to a type, and the rounded values for the reference.
  func tensor(_ checked: ScalarType) -> (tensor: Tensor, values: [Double]) {
    let type = self.type ?? checked
    let rounded = Tensor(values.map { Float($0) }, shape).converted(to: type)
    return (isTracked ? rounded.tracked : rounded, rounded.floatElements.map(Double.init))
  }
}

/// An operation in Double on flattened operands, written as plainly as it can be.
typealias Reference = ([[Double]]) -> [Double]

/// Checks the forward and backward passes of an operation against its reference.
///
/// The gradient that is expected comes from central differences of the reference, in Double; finite
/// differences in Float32 would measure rounding. Errors are relative to the greatest magnitude in
/// their row.
func check(
  _ name: String, _ operands: [Operand], types: [ScalarType] = [.float32, .bfloat16],
  tolerance: Double = 4e-6, bfloat16Tolerance: Double = 1.2e-2,
  sourceLocation: SourceLocation = #_sourceLocation,
  _ operation: ([Tensor]) -> Tensor, reference: Reference
) {
  for type in types {
    let limit = type == .float32 ? tolerance : bfloat16Tolerance
    let prepared = operands.map { $0.tensor(type) }
    let tensors = prepared.map(\.tensor)
    let values = prepared.map(\.values)
    let result = operation(tensors)
    let expected = reference(values)
    #expect(result.count == expected.count, "\(name): count", sourceLocation: sourceLocation)
    guard result.count == expected.count else { continue }
    expectClose(
      result.floatElements, expected, columns: result.columnCount, limit: limit,
      "\(name) \(type), forward", sourceLocation)

    let targets = operands.indices.filter { operands[$0].isTracked }
    guard !targets.isEmpty else { continue }
    let seed = Operand.wave(result.shape, seed: 7).tensor(result.type)
    let gradients = result.gradients(of: targets.map { tensors[$0] }, seed: seed.tensor.detached)
    for (target, gradient) in zip(targets, gradients) {
      #expect(
        gradient.shape == operands[target].shape, "\(name): gradient's shape",
        sourceLocation: sourceLocation)
      let expected = centralDifferences(of: reference, at: values, operand: target, seed.values)
      expectClose(
        gradient.floatElements, expected, columns: gradient.columnCount, limit: limit,
        "\(name) \(type), gradient of operand \(target)", sourceLocation)
    }
  }
}

/// The gradient of the seed-weighted sum of an operation's results.
func centralDifferences(
  of reference: Reference, at values: [[Double]], operand: Int, _ seed: [Double]
) -> [Double] {
  var values = values
  func weighted() -> Double { zip(reference(values), seed).reduce(0) { $0 + $1.0 * $1.1 } }
  return values[operand].indices.map { index in
    let value = values[operand][index]
    let step = 1e-5
    values[operand][index] = value + step
    let above = weighted()
    values[operand][index] = value - step
    let below = weighted()
    values[operand][index] = value
    return (above - below) / (2 * step)
  }
}

/// Expects each error to be small beside the greatest magnitude in its row; rows of one element are
/// taken together.
func expectClose(
  _ found: [Float], _ expected: [Double], columns: Int, limit: Double, _ what: String,
  _ sourceLocation: SourceLocation = #_sourceLocation
) {
  guard !expected.isEmpty else { return }
  let columns = columns == 1 ? expected.count : columns
  // Rows that are nearly zero are measured against the whole.
  let floor = max(1e-3 * (expected.map(\.magnitude).max() ?? 0), 1e-30)
  var worst = (error: 0.0, index: 0)
  for start in stride(from: 0, to: expected.count, by: columns) {
    let row = start..<start + columns
    let scale = max(expected[row].reduce(0) { max($0, $1.magnitude) }, floor)
    for index in row {
      let error = (Double(found[index]) - expected[index]).magnitude / scale
      if !(error <= worst.error) { worst = (error.isNaN ? .infinity : error, index) }
    }
  }
  #expect(
    worst.error <= limit,
    """
    \(what): worst relative error \(worst.error) at \(worst.index), \
    expected \(expected[worst.index]), got \(found[worst.index])
    """, sourceLocation: sourceLocation)
}
