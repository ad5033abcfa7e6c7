import CApusKernels

/// Which rows of a table make each word: the word's own and those of its subwords.
public struct WordRows: Sendable {
  /// Where the rows of each word begin, and one more: [V + 1].
  let starts: [Int64]
  let rows: [Int32]
  /// One more than the highest row.
  let rowLimit: Int

  /// - Parameter rows: The rows of each word; at least one, none negative.
  public init(_ rows: some Sequence<[Int32]>) {
    var starts: [Int64] = [0]
    var all: [Int32] = []
    for row in rows {
      precondition(!row.isEmpty && row.allSatisfy { $0 >= 0 }, "WordRows: expected rows of a word")
      all += row
      starts.append(Int64(all.count))
    }
    self.starts = starts
    self.rows = all
    rowLimit = Int(all.max() ?? -1) + 1
  }

  /// The number of words.
  public var count: Int { starts.count - 1 }

  public subscript(word: Int) -> ArraySlice<Int32> {
    rows[Int(starts[word])..<Int(starts[word + 1])]
  }

  /// The mean of each word's rows, of which the first ones stand in one table and all others in a second.
  ///
  /// - Shapes: own [O, C], parts [P, C], whose first row has the number O → [V, C]
  public func means(own: Tensor, parts: Tensor) -> Tensor {
    let (ownCount, columns) = (own.shape[0], parts.columnCount)
    requireShape(own, [ownCount, columns], "WordRows.means: own")
    precondition(
      own.type == .float32 && parts.type == .float32, "WordRows.means: expected float32")
    precondition(
      ownCount + parts.shape[0] >= rowLimit, "WordRows.means: expected \(rowLimit) rows")
    let result = Tensor(undefined: [count, columns], .float32)
    apus_row_means(
      own.floats, Int64(ownCount), parts.floats, rows, starts, Int64(count), Int64(columns),
      result.floats)
    withExtendedLifetime((own, parts)) {}
    return result
  }
}
