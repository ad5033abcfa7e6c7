import CApusKernels
import Glibc

/// How the first values of a parameter are drawn.
///
/// Fans are those of a [outputs, inputs] matrix; of a vector, both are its size.
public enum Initializer: Sendable, Hashable {
  case constant(Float)
  case normal(standardDeviation: Float)
  /// A normal distribution without what lies beyond two standard deviations.
  case truncatedNormal(standardDeviation: Float)
  /// Between minus and plus the bound.
  case uniform(Float)
  /// Glorot & Bengio 2010: bound √(6 / (inputs + outputs)).
  case xavierUniform
  /// Glorot & Bengio 2010: standard deviation √(2 / (inputs + outputs)).
  case xavierNormal
  /// He et al. 2015: bound √(6 / inputs).
  case heUniform
  /// He et al. 2015: standard deviation √(2 / inputs).
  case heNormal
  /// Saxe et al. 2014: rows or columns, whichever are fewer, orthonormal times the gain.
  case orthogonal(gain: Float)

  public static let zeros = Initializer.constant(0)
  public static let ones = Initializer.constant(1)

  /// The values for a shape under a key.
  public func tensor(_ shape: [Int], _ key: RandomKey) -> Tensor {
    let outputs = Float(shape.first ?? 1)
    let inputs = Float(shape.count > 1 ? shape.dropFirst().reduce(1, *) : shape.first ?? 1)
    switch self {
    case .constant(let value): return .filled(value, shape)
    case .normal(let deviation): return .normal(shape, standardDeviation: deviation, key)
    case .truncatedNormal(let deviation):
      return .truncatedNormal(shape, standardDeviation: deviation, key)
    case .uniform(let bound): return .uniform(shape, -bound, bound, key)
    case .xavierUniform:
      return Self.uniform((6 / (inputs + outputs)).squareRoot()).tensor(shape, key)
    case .xavierNormal:
      return .normal(
        shape, standardDeviation: (2 / (inputs + outputs)).squareRoot(), key)
    case .heUniform: return Self.uniform((6 / inputs).squareRoot()).tensor(shape, key)
    case .heNormal: return .normal(shape, standardDeviation: (2 / inputs).squareRoot(), key)
    case .orthogonal(let gain): return .orthogonal(shape, gain: gain, key)
    }
  }
}

extension Tensor {
  /// Numbers from low up to, but not including, high.
  public static func uniform(
    _ shape: [Int], _ low: Float, _ high: Float, _ key: RandomKey
  ) -> Tensor {
    let result = Tensor(undefined: shape, .float32)
    apus_random_uniform(key.bits, key.step, low, high, result.floats, Int64(result.count))
    return result
  }

  /// Normally distributed numbers around zero.
  public static func normal(
    _ shape: [Int], standardDeviation: Float = 1, _ key: RandomKey
  ) -> Tensor {
    let result = Tensor(undefined: shape, .float32)
    apus_random_normal(key.bits, key.step, standardDeviation, result.floats, Int64(result.count))
    return result
  }

  /// Normal numbers, drawn again where they lie beyond two standard deviations.
  static func truncatedNormal(
    _ shape: [Int], standardDeviation: Float, _ key: RandomKey
  ) -> Tensor {
    var result = normal(shape, standardDeviation: 1, key)
    result.mutate(as: Float.self) { values in
      for index in values.indices {
        var retry = 0
        while Swift.abs(values[index]) > 2 {
          retry += 1
          let block = key.split(retry).block(UInt64(index))
          let radius = (-2 * Glibc.log(Float(block.x >> 8) * 0x1p-24 + 0x1p-25)).squareRoot()
          values[index] = radius * cos(2 * .pi * Float(block.y >> 8) * 0x1p-24)
        }
        values[index] *= standardDeviation
      }
    }
    return result
  }

  /// Orthonormal rows or columns by modified Gram–Schmidt on normal numbers, in Double.
  static func orthogonal(_ shape: [Int], gain: Float, _ key: RandomKey) -> Tensor {
    let rows = shape.first ?? 1
    let columns = shape.dropFirst().reduce(1, *)
    let (vectors, size) = (Swift.min(rows, columns), Swift.max(rows, columns))
    let drawn = normal([vectors, size], key).elements(as: Float.self).map(Double.init)
    var basis = [[Double]]()
    for index in 0..<vectors {
      var vector = Array(drawn[index * size..<(index + 1) * size])
      // Twice is enough to be orthogonal to working precision (Giraud et al. 2005).
      for other in basis + basis {
        let projection = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
        for i in 0..<size { vector[i] -= projection * other[i] }
      }
      let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      basis.append(vector.map { $0 / norm })
    }
    let values = (0..<rows * columns).map { position -> Float in
      let (row, column) = position.quotientAndRemainder(dividingBy: columns)
      return gain * Float(rows <= columns ? basis[row][column] : basis[column][row])
    }
    return Tensor(values, shape)
  }
}
