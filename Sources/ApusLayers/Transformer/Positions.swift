import Glibc
import ApusTensors

/// How a Transformer knows where in its sequence an element stands.
public enum PositionKind: String, Sendable, Hashable, Codable, CaseIterable {
  /// A learned vector for each position, added to the embedding.
  case learned
  /// Fixed sines and cosines added to the embedding (Vaswani et al. 2017, §3.5).
  case sinusoidal
  /// Queries and keys turned by angles that grow with the position (Su et al. 2021).
  case rotary
}

/// A table of sines and cosines, whose products depend on the distance of two positions.
///
/// The row of position p has sin(p / 10000^(i/C)) in its even channels i, each followed by the
/// cosine of the same angle.
///
/// - Parameters:
///   - first: The position of the first row.
///   - count: Rows.
///   - size: Channels.
/// - Returns: The rows of `count` positions.
/// - Shapes: [count, size]
/// - Source: Vaswani et al. 2017, §3.5.
public func sinusoidalPositions(from first: Int = 0, count: Int, size: Int) -> Tensor {
  let rates = (0..<size).map { exp2(-Double($0 & ~1) / Double(size) * log2(10_000)) }
  var table = Tensor.zeros([count, size])
  table.mutate(as: Float.self) { table in
    for position in 0..<count {
      for (channel, rate) in rates.enumerated() {
        let angle = Double(first + position) * rate
        table[position * size + channel] = Float(channel & 1 == 0 ? sin(angle) : cos(angle))
      }
    }
  }
  return table
}
