import CApusKernels

/// A row of a matrix and how near it is to a query.
public struct NearRow: Sendable, Hashable {
  public var row: Int
  public var score: Float

  public init(row: Int, score: Float) { (self.row, self.score) = (row, score) }
}

/// The rows of a matrix whose products with each query are the greatest.
///
/// Scores are computed in blocks of rows and looked through while they are in the cache, so that
/// memory is bounded by a block whatever the number of rows. Rows that are mapped from a file are given
/// back after each block.
///
/// - Parameters:
///   - queries: A query a row.
///   - rows: What is searched.
///   - count: How many rows are kept of each query.
///   - normalizing: Whether products are divided by the length of their row; those with zeros are 0.
/// - Returns: Of each query, the greatest score first, of equal ones the first row; rows whose score is
///   no number are left out.
/// - Shapes: queries [Q, C], rows [N, C], both Float32
public func nearestRows(
  to queries: Tensor, amongst rows: Tensor, count: Int, normalizing: Bool = false
) -> [[NearRow]] {
  precondition(
    queries.rank == 2 && rows.rank == 2 && queries.columnCount == rows.columnCount
      && queries.type == .float32 && rows.type == .float32,
    "nearestRows: expected float32 matrices of one width, got \(queries) and \(rows)")
  precondition(count > 0, "nearestRows: expected a count of at least 1, got \(count)")
  let queryCount = queries.rowCount
  let kept = min(count, max(1, rows.rowCount))
  var heaps = [apus_neighbour](repeating: apus_neighbour(), count: queryCount * kept)
  var counts = [Int64](repeating: 0, count: queryCount)
  var thresholds = [Float](repeating: -.infinity, count: queryCount)
  heaps.withUnsafeMutableBufferPointer { heaps in
    counts.withUnsafeMutableBufferPointer { counts in
      thresholds.withUnsafeMutableBufferPointer { thresholds in
        guard let heaps = heaps.baseAddress, let counts = counts.baseAddress,
          let thresholds = thresholds.baseAddress
        else { return }
        let groups = evenRanges(of: queryCount, longest: mostQueries).map { group in
          (
            queries: queries.rows(group),
            nearest: apus_nearest(
              queries: Int64(group.count), kept: Int64(kept),
              heaps: heaps + group.lowerBound * kept, counts: counts + group.lowerBound,
              thresholds: thresholds + group.lowerBound)
          )
        }
        withoutGradients {
          for block in evenRanges(of: rows.rowCount, longest: mostRows) {
            let part = rows.rows(block)
            let factors = normalizing ? part.inverseLengths : nil
            for (queries, nearest) in groups {
              keep(nearest, products(part, queries), factors, from: block.lowerBound)
            }
            part.unload()
          }
        }
        for var group in groups { apus_sort_nearest(&group.nearest) }
      }
    }
  }
  return (0..<queryCount).map { query in
    heaps[query * kept..<query * kept + Int(counts[query])].map {
      NearRow(row: Int($0.row), score: $0.score)
    }
  }
}

/// A block's scores for so many queries are 2 MB, half the second-level cache of two cores.
private let (mostRows, mostQueries) = (512, 1024)

/// Ranges of nearly equal length, so that the last is not a short one with arithmetic of its own.
private func evenRanges(of count: Int, longest: Int) -> [Range<Int>] {
  let parts = (count + longest - 1) / longest
  return (0..<parts).map { $0 * count / parts..<($0 + 1) * count / parts }
}

/// rows · queriesᵀ; few queries are multiplied with the rows where these lie.
private func products(_ rows: Tensor, _ queries: Tensor) -> Tensor {
  queries.rowCount <= 8 ? linear(queries, rows).transposed() : linear(rows, queries)
}

private func keep(
  _ nearest: apus_nearest, _ scores: Tensor, _ factors: Tensor?, from first: Int
) {
  var nearest = nearest
  apus_keep_nearest(
    &nearest, scores.floats, factors.map { UnsafePointer($0.floats) }, Int64(scores.rowCount),
    Int64(first))
  withExtendedLifetime((scores, factors)) {}
}

extension Tensor {
  /// 1 over the length of each row, 0 for rows of zeros: [N].
  fileprivate var inverseLengths: Tensor {
    let squares = square().sum(axis: -1)
    let isPositive = squares.greater(than: 0)
    // Where it is not, 1 is divided by 1.
    return isPositive / (squares + (1 - isPositive)).squareRoot()
  }

  /// Gives back the memory of mapped elements, which are read from their file again when touched.
  fileprivate func unload() {
    storage.unload(offset * type.byteCount..<(offset + count) * type.byteCount)
  }
}
