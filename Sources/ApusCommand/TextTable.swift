/// Columns of text, as wide as their widest entry.
struct TextTable {
  private let rows: [[String]]

  /// A table whose rows have an entry for each title.
  init(_ titles: [String], _ rows: [[String]]) { self.rows = [titles] + rows }

  init(_ rows: [[String]]) { self.rows = rows }

  /// The rows as lines without blanks at their ends.
  var lines: [String] {
    let widths = (rows.first ?? []).indices.map { column in
      rows.map { $0[column].count }.max() ?? 0
    }
    return rows.map { row in
      let cells = zip(row, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
