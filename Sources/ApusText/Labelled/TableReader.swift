import ApusFiles

/// Reads the rows of a table one after the other; empty lines are passed over.
///
/// Memory is bounded by the longest row.
public struct TableReader {
  /// The path, or `standard input`.
  public let name: String
  /// The format that was asked for or recognised.
  public let format: TableLayout.Format
  /// The bytes of the header, with the end of its line; empty without one.
  public private(set) var headerBytes: [UInt8] = []
  /// The line of the header, from 1; 0 without one.
  private(set) var headerRow = 0
  /// The bytes of the row that was read last, as the file has them, with the end of its line.
  public private(set) var rowBytes: [UInt8] = []
  /// The lines so far in which something that is not UTF-8 became U+FFFD.
  public var repairedLineCount: Int { source.repairedLineCount }
  private var source: ParallelLines
  private let layout: TableLayout
  private var columns: TableColumns
  /// A first line that was read to see that it is no header.
  private var first: (row: TableRow, bytes: [UInt8])?
  /// A quoted column that is longer has lost its quote.
  private static let longestField = 1 << 24

  /// The names of the columns; nil for columns with numbers alone, and for JSON.
  public var columnNames: [String]? { columns.names }

  /// Opens a file, gzip or not, a directory, or standard input for `-`.
  ///
  /// - Throws: `FileError`; `InputError` for a header with a name twice or without one of the
  ///   columns of the layout, or what is no table.
  public init(_ path: String, _ layout: TableLayout = TableLayout()) throws {
    let isDirectory = FileStatus.isDirectory(path)
    if layout.format == .parallel || layout.format == .automatic && isDirectory {
      try self.init(directory: path, layout)
      return
    }
    var lines = try TextLines(path, encoding: layout.encoding)
    try lines.skipBlankLines()
    var format = layout.format
    if format == .automatic {
      let line = try lines.peek() ?? ""
      guard let guess = TableLayout.guessedFormat(of: path, firstLine: line) else {
        throw InputError(
          file: lines.name, row: lines.row + 1, expected: "a table",
          found: "\"\(line.prefix(60))\"")
      }
      format = guess
    }
    try self.init(lines, format, layout, isHeader: layout.isHeader)
  }

  /// Goes on behind lines that were looked at.
  ///
  /// - Parameters:
  ///   - lines: The lines that are left.
  ///   - format: That of one file.
  ///   - layout: All else.
  ///   - isHeader: Tells a header that may be there from a row.
  /// - Throws: As the other initializer.
  init(
    _ lines: TextLines, _ format: TableLayout.Format, _ layout: TableLayout,
    isHeader: ([String]) -> Bool
  ) throws {
    source = ParallelLines(lines)
    name = lines.name
    self.format = format
    self.layout = layout
    let names: [String]? =
      switch format {
      case .words: ["label", "text"]
      case .coarse: ["label", "fine", "text"]
      default: nil
      }
    columns = try TableColumns(file: name, names: names, count: names?.count)
    if format == .csv || format == .tsv { try readHeader(isHeader) }
    guard format != .json else { return }
    for column in layout.columns where columns.place(of: column) == nil {
      throw columns.missing(column, row: headerBytes.isEmpty ? nil : source.row)
    }
  }

  private init(directory: String, _ layout: TableLayout) throws {
    let files = try directoryEntries(directory)
    func name(_ file: String) -> String {
      let stem = String(file.prefix { $0 != "." })
      return files.count { $0.prefix { $0 != "." } == stem } == 1 ? stem : file
    }
    let wanted = try layout.columns.map { column in
      guard let file = files.first(where: { $0 == column || name($0) == column }) else {
        throw try TableColumns(file: directory, names: files.map(name), count: files.count)
          .missing(column, row: nil)
      }
      return (column, file)
    }
    let pairs = wanted.isEmpty ? files.map { (name($0), $0) } : wanted
    guard !pairs.isEmpty else {
      throw InputError(file: directory, expected: "a file a column", found: "none")
    }
    source = try ParallelLines(pairs.map { "\(directory)/\($0.1)" }, encoding: layout.encoding)
    self.name = directory
    format = .parallel
    self.layout = layout
    columns = try TableColumns(file: directory, names: pairs.map(\.0), count: pairs.count)
  }

  /// The next row; nil behind the last.
  ///
  /// - Throws: `FileError`; `InputError` naming the row that is not of the format, has another
  ///   number of columns, or is not of the encoding.
  public mutating func next() throws -> TableRow? {
    if let (row, bytes) = first {
      (first, rowBytes) = (nil, bytes)
      return row
    }
    switch format {
    case .csv, .tsv:
      guard let row = try record() else { return nil }
      guard case .fields(let fields) = row.cells, layout.isRagged || fields.count == columns.count
      else {
        throw InputError(
          file: name, row: row.row, expected: "\(columns.count ?? 0) columns as in the first line",
          found: row.summary)
      }
      return row
    case .parallel:
      guard let fields = try source.next() else { return nil }
      return row(.fields(fields))
    case .json: return try line().map { row(try object($0)) }
    case .automatic, .words: return try line().map { row(.fields(try words($0))) }
    case .coarse: return try line().map { row(.fields(try coarse($0))) }
    }
  }

  private mutating func readHeader(_ isHeader: ([String]) -> Bool) throws {
    guard let row = try record(), case .fields(let fields) = row.cells else { return }
    let isNamed = layout.header == .present || layout.header == .automatic && isHeader(fields)
    columns = try TableColumns(
      file: name, names: isNamed ? fields : nil, count: fields.count, row: row.row)
    if isNamed {
      (headerBytes, headerRow) = (rowBytes, row.row)
    } else {
      first = (TableRow(row: row.row, columns: columns, cells: row.cells), rowBytes)
    }
  }

  /// The next line that is not empty.
  private mutating func line() throws -> String? {
    while let line = try source.next()?.first {
      guard !line.allSatisfy(\.isWhitespace) else { continue }
      rowBytes = Array(source.bytes)
      return line
    }
    return nil
  }

  private func row(_ cells: TableRow.Cells) -> TableRow {
    TableRow(row: source.row, columns: columns, cells: cells)
  }

  /// A record of CSV or TSV, whatever the number of its columns.
  private mutating func record() throws -> TableRow? {
    var line = try source.next()?.first
    while let blank = line, blank.allSatisfy({ $0 == " " }) { line = try source.next()?.first }
    guard var line else { return nil }
    let row = source.row
    let hasQuotes = layout.quoting == .quotes || layout.quoting == .automatic && format == .csv
    var record = SeparatedRecord(
      separator: UInt8(ascii: format == .csv ? "," : "\t"), hasQuotes: hasQuotes)
    rowBytes.removeAll(keepingCapacity: true)
    while true {
      let bytes = source.bytes
      rowBytes += bytes
      do {
        try record.read(line, end: bytes.suffix(2) == [13, 10] ? "\r\n" : "\n")
      } catch {
        throw InputError(
          file: name, row: row,
          expected: "\(format == .csv ? "a comma" : "a tab") behind the quote that ends column "
            + "\(error.column)", found: "text behind \"\(error.text.suffix(40))\"")
      }
      guard record.isOpen else { break }
      guard record.openBytes.count < Self.longestField, let more = try source.next()?.first else {
        let start = String(decoding: record.openBytes.prefix(40), as: UTF8.self)
        throw InputError(
          file: name, row: row,
          expected: "an end of the quote in column \(record.fields.count + 1)",
          found: "none behind \"\(start)\"")
      }
      line = more
    }
    return TableRow(row: row, columns: columns, cells: .fields(record.fields))
  }

  private func object(_ line: String) throws -> TableRow.Cells {
    var line = line
    let value: JSONValue
    do {
      value = try line.withUTF8 { try JSONValue(parsing: $0, file: name) }
    } catch var error as InputError {
      error.row = source.row
      throw error
    }
    guard case .object(let members) = value else {
      throw InputError(
        file: name, row: source.row, expected: "an object", found: "\"\(line.prefix(60))\"")
    }
    var seen: Set<String> = []
    for (key, _) in members where !seen.insert(key).inserted {
      throw InputError(
        file: name, row: source.row, expected: "each key once", found: "\"\(key)\" twice")
    }
    return .object(value)
  }

  private func words(_ line: String) throws -> [String] {
    guard let (label, text) = Self.parted(line, at: " ") else {
      throw failure("a label, a blank, a text", line)
    }
    return [label, text]
  }

  private func coarse(_ line: String) throws -> [String] {
    guard let (classes, text) = Self.parted(line, at: " "),
      let (label, _) = Self.parted(classes, at: ":")
    else { throw failure("COARSE:fine, a blank, a text", line) }
    return [label, classes, text]
  }

  private func failure(_ expected: String, _ line: String) -> InputError {
    InputError(
      file: name, row: source.row, expected: expected, found: "\"\(line.prefix(60))\"")
  }

  /// What stands before and behind the first separator, both not empty.
  private static func parted(_ line: String, at separator: Character) -> (String, String)? {
    guard let place = line.firstIndex(of: separator), place > line.startIndex else { return nil }
    let text = line[line.index(after: place)...]
    guard text.contains(where: { !$0.isWhitespace }) else { return nil }
    return (String(line[..<place]), String(text))
  }
}
