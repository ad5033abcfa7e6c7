/// Rows of sixteen floats and multiples, zero behind the columns of a vector.
///
/// Kernels then have no remainders to look after.
///
/// - Shapes: values [rows, stride]
public struct PaddedRows: Sendable {
  public let columnCount: Int
  public var values: Tensor

  static func stride(of columnCount: Int) -> Int { (columnCount + 15) / 16 * 16 }

  /// Rows of zeros.
  public init(rowCount: Int, columnCount: Int) {
    self.columnCount = columnCount
    values = .zeros([rowCount, Self.stride(of: columnCount)])
  }

  /// Takes rows, [rows, C].
  public init(_ rows: Tensor) {
    self.init(rowCount: rows.shape[0], columnCount: rows.columnCount)
    rows.withElements(as: Float.self) { source in
      let (count, stride) = (columnCount, Self.stride(of: columnCount))
      values.mutate(as: Float.self) { target in
        for row in 0..<rows.shape[0] {
          for column in 0..<count {
            target[row * stride + column] = source[row * count + column]
          }
        }
      }
    }
  }

  /// The rows without what pads them, [rows, C].
  public var rows: Tensor { values.detached.columns(0..<columnCount) }
}
