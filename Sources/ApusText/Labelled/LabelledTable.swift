import ApusFiles

/// The rows of a table of texts and labels: CSV, TSV, JSON lines or files side by side.
public struct LabelledTable: Sendable {
  /// The path, or `standard input`.
  public let name: String
  /// The format that was asked for or recognised.
  public let format: TableLayout.Format
  /// The names of the columns; nil for columns with numbers alone, and for JSON.
  public let columnNames: [String]?
  public let rows: [TableRow]

  /// Reads a file, gzip or not, a directory, or standard input for `-`.
  ///
  /// - Throws: `FileError`; `InputError` naming the row that can't be read, or a table without rows.
  public init(_ path: String, _ layout: TableLayout = TableLayout()) throws {
    var reader = try TableReader(path, layout)
    name = reader.name
    format = reader.format
    var rows: [TableRow] = []
    while let row = try reader.next() { rows.append(row) }
    guard !rows.isEmpty else {
      throw InputError(file: reader.name, expected: "rows", found: "none")
    }
    self.rows = rows
    columnNames = reader.columnNames
  }

  /// Checks that no two rows have the same text in a column, such as an id.
  ///
  /// - Throws: `InputError` naming the second row and the first.
  public func requireUnique(_ column: String) throws {
    var seen: [String: Int] = [:]
    for row in rows {
      let text = try row.text(column)
      if let earlier = seen.updateValue(row.row, forKey: text) {
        throw row.failure(
          "a value of its own", in: column, found: "\"\(text.prefix(60))\", as in row \(earlier)")
      }
    }
  }
}
