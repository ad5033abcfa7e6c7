import ApusTensors
import ApusVectors

/// The ten nearest of a million vectors of all-MiniLM-L6-v2's size to each of a thousand queries.
struct SearchWorkload: Workload {
  let name = "search"
  private static let (rowCount, queryCount, size, count) = (1_000_000, 1000, 384, 10)

  func measure(_ settings: BenchSettings) throws -> BenchResult {
    let rows = Tensor.normal([Self.rowCount, Self.size], RandomKey(seed: 0, name: "rows"))
    let queries = Tensor.normal([Self.queryCount, Self.size], RandomKey(seed: 0, name: "queries"))
    let index = VectorIndex(rows)
    try check(index, queries)
    let peak = matrixPeak(.fp32)
    let times = Stopwatch.times(seconds: settings.seconds) {
      _ = index.nearest(to: queries, count: Self.count, by: .dot)
    }
    let products = 2e-9 * Double(Self.queryCount * Self.size) * Double(Self.rowCount)
    return BenchResult(
      name: name, seconds: times.median, items: Double(Self.queryCount), unit: "queries",
      products: (products / times.median, max(peak, matrixPeak(.fp32))))
  }

  /// Every vector is the nearest to itself by cosine.
  private func check(_ index: VectorIndex, _ queries: Tensor) throws {
    let places = stride(from: 0, to: Self.rowCount, by: 99_991).map { $0 }
    let own = index.vectors.gathered(places.map { Int32($0) })
    let found = index.nearest(to: own, count: 1).map { $0.map(\.row) }
    guard found == places.map({ [$0] }) else {
      throw WrongResult(workload: name, expected: "\(places)", found: "\(found)")
    }
  }
}
