import CApusKernels
import Glibc

/// Turns queries and keys by angles that grow with the position, so that their products depend on
/// the distance of their positions alone.
///
/// Channel i of a head's first half is paired with channel i of its second, as in GPT-NeoX and
/// LLaMA; position p turns pair i of a head of size D by p / base^(2i/D).
///
/// - Parameters:
///   - queriesKeysValues: Stacked in each row: C queries, C keys, C values.
///   - headCount: Heads, of an even size.
///   - base: The ratio of the slowest angle's period to the fastest's.
///   - positions: The position of each element, Int32, not negative.
/// - Returns: The queries and keys turned, the values as they are.
/// - Shapes: [N, 3C], positions [N] → [N, 3C]
/// - Source: Su et al. 2021, §3.2.
public func rotated(
  _ queriesKeysValues: Sequences, headCount: Int, base: Float, positions: Tensor
) -> Sequences {
  let input = queriesKeysValues.values
  let headSize = input.columnCount / 3 / headCount
  precondition(
    input.rank == 2 && headSize % 2 == 0 && 3 * headCount * headSize == input.columnCount,
    "rotated: expected [N, 3 · \(headCount) · even head size], got \(input.shape)")
  requireShape(positions, [input.shape[0]], "rotated: positions")
  let table = rotationTable(positions: positions, headSize: headSize, base: base)

  func turned(_ x: Tensor, inverse: Bool) -> Tensor {
    let result = Tensor(undefined: x.shape, x.type)
    var shape = apus_rotary_shape(
      rows: Int64(x.shape[0]), head_count: Int64(headCount), head_size: Int64(headSize),
      type: x.type.kernel, positions: positions.ints, table: table.floats, inverse: inverse)
    apus_rotary(&shape, x.address, result.address)
    withExtendedLifetime((positions, table)) {}
    return result
  }
  return queriesKeysValues.with(
    turned(input.detached, inverse: false).recorded("rotated", from: [input]) {
      [.dense(turned($0, inverse: true))]
    })
}

/// Cosines, then sines, of the angles of each position up to the largest one.
private func rotationTable(positions: Tensor, headSize: Int, base: Float) -> Tensor {
  let count = positions.withElements(as: Int32.self) { positions -> Int in
    for position in positions where position < 0 {
      preconditionFailure("rotated: expected positions from 0, got \(position)")
    }
    return Int(positions.max() ?? -1) + 1
  }
  let half = headSize / 2
  let rates = (0..<half).map { pow(Double(base), -Double($0) / Double(half)) }
  var table = Tensor(undefined: [count, headSize], .float32)
  table.mutate(as: Float.self) { table in
    for position in 0..<count {
      for (index, rate) in rates.enumerated() {
        table[position * headSize + index] = Float(cos(Double(position) * rate))
        table[position * headSize + half + index] = Float(sin(Double(position) * rate))
      }
    }
  }
  return table
}
