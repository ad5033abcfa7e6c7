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
  let angles = RotationAngles(positions, headSize: headSize, base: base)

  func turned(_ x: Tensor, inverse: Bool) -> Tensor {
    let result = Tensor(undefined: x.shape, x.type)
    var shape = apus_rotary_shape(
      rows: Int64(x.shape[0]), head_count: Int64(headCount), head_size: Int64(headSize),
      type: x.type.kernel, positions: angles.rows.ints, table: angles.table.floats,
      inverse: inverse)
    apus_rotary(&shape, x.address, result.address)
    withExtendedLifetime(angles) {}
    return result
  }
  return queriesKeysValues.with(
    turned(input.detached, inverse: false).recorded("rotated", from: [input]) {
      [.dense(turned($0, inverse: true))]
    })
}

/// The cosines and sines that each element is turned by.
private struct RotationAngles {
  /// [any, head size]: cosines of the angles, then their sines.
  let table: Tensor
  /// The row of each element.
  let rows: Tensor

  /// Makes a row for each position up to the largest, or for each element where those are fewer:
  /// a text that grows by one element a step must not pay for its whole length.
  init(_ positions: Tensor, headSize: Int, base: Float) {
    let places = positions.elements(as: Int32.self)
    for place in places where place < 0 {
      preconditionFailure("rotated: expected positions from 0, got \(place)")
    }
    let positionCount = Int(places.max() ?? -1) + 1
    let isByElement = places.count < positionCount
    let half = headSize / 2
    let rates = (0..<half).map { pow(Double(base), -Double($0) / Double(half)) }
    var table = Tensor(undefined: [min(places.count, positionCount), headSize], .float32)
    table.mutate(as: Float.self) { table in
      for row in 0..<min(places.count, positionCount) {
        let position = isByElement ? Double(places[row]) : Double(row)
        for (index, rate) in rates.enumerated() {
          table[row * headSize + index] = Float(cos(position * rate))
          table[row * headSize + half + index] = Float(sin(position * rate))
        }
      }
    }
    self.table = table
    rows = isByElement ? Tensor(places.indices.map(Int32.init)) : positions
  }
}
