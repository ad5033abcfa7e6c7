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

  /// The mean of each word's rows: [rows, C] → [V, C].
  public func means(of table: Tensor) -> Tensor {
    precondition(table.shape[0] >= rowLimit, "WordRows.means: expected \(rowLimit) rows")
    var result = Tensor.zeros([count, table.columnCount])
    let columns = table.columnCount
    table.withElements(as: Float.self) { values in
      result.mutate(as: Float.self) { means in
        for word in 0..<count {
          let rows = self[word]
          for row in rows {
            for column in 0..<columns {
              means[word * columns + column] += values[Int(row) * columns + column]
            }
          }
          let scale = 1 / Float(rows.count)
          for column in 0..<columns { means[word * columns + column] *= scale }
        }
      }
    }
    return result
  }
}
