/// Rows of a table written as text: a row a line, its columns divided by bars.
enum Table {
  /// Reads rows of exactly `columns` columns.
  static func rows(_ columns: Int, _ text: String) -> [[String]] {
    text.split(separator: "\n").map { line in
      let cells = line.split(separator: "|", omittingEmptySubsequences: false).map(trimmed)
      precondition(cells.count == columns, "table: expected \(columns) columns: \(line)")
      return cells
    }
  }

  /// Reads the items of a cell divided by semicolons.
  static func items(_ cell: String) -> [String] {
    cell.split(separator: ";").map(trimmed)
  }

  static func number(_ cell: String) -> Int {
    guard let number = Int(cell) else { preconditionFailure("table: no number: \(cell)") }
    return number
  }

  private static func trimmed(_ text: Substring) -> String {
    let start = text.drop { $0 == " " }
    guard let end = start.lastIndex(where: { $0 != " " }) else { return "" }
    return String(start[...end])
  }
}
