import CApusKernels

/// Rows of weights of which only the run that is not zero is kept and multiplied.
struct FilterBank: Sendable {
  /// Runs are padded with zeros to whole vectors of the kernel.
  static let lanes = 16

  let count: Int
  private var starts: [Int32] = []
  private var offsets: [Int32] = [0]
  private var weights: [Float] = []

  init(_ rows: [[Float]]) {
    count = rows.count
    for row in rows {
      let first = row.firstIndex { $0 != 0 } ?? 0
      let end = (row.lastIndex { $0 != 0 } ?? -1) + 1
      let run = row[first..<max(first, end)]
      starts.append(Int32(first))
      weights += run
      weights += repeatElement(0, count: -run.count & (Self.lanes - 1))
      offsets.append(Int32(weights.count))
    }
  }

  /// The sums of each row over values that are readable, and finite, 15 beyond the last.
  func sums(of values: UnsafePointer<Float>, into sums: UnsafeMutablePointer<Float>) {
    apus_filter_sums(values, starts, offsets, weights, Int64(count), sums)
  }
}
