import ApusText
import ArgumentParser

/// How the columns of a table stand in its file.
struct TableOptions: ParsableArguments {
  @Option(
    name: .customLong("table-format"),
    help: """
      How tables are read: automatic (by name and first line), csv, tsv, json (lines of objects), \
      words (label, blank, text), coarse (COARSE:fine text), or parallel (a directory with a file a \
      column).
      """)
  var format = TableLayout.Format.automatic

  @Option(help: "Whether a first line names columns: automatic, present or absent.")
  var header = TableLayout.Header.automatic

  @Option(help: "What quotes mean in tables: automatic (quotes in csv, none in tsv), quotes, none.")
  var quoting = TableLayout.Quoting.automatic

  @Option(
    help: "The encoding of tables: utf8, latin1, or repaired, UTF-8 with what is not replaced.")
  var encoding = TextEncoding.utf8

  /// Refuses options where no table is read.
  func requireUse(_ isUsed: Bool) throws {
    let layout = try layout(requiring: [])
    guard isUsed || layout == TableLayout() else {
      throw ValidationError(
        "--table-format, --header, --quoting and --encoding are of tables: see --text-column.")
    }
  }

  func layout(requiring columns: [String]) throws -> TableLayout {
    TableLayout(
      format: format, header: header, quoting: quoting, encoding: encoding, columns: columns)
  }
}

/// Which columns of a table hold texts and labels.
struct TextColumnOptions: ParsableArguments {
  @Option(
    help: "The column of the texts of a table, by name or number; given twice, of a pair's texts.")
  var textColumn: [String] = []

  @Option(help: "The column of labels or scores.")
  var labelColumn: String?

  @Option(help: "The column of ids, no two of which may be the same.")
  var idColumn: String?

  @Option(help: "The tokens that texts would be cut to.")
  var maxLength: Int?

  func validate() throws {
    guard textColumn.count <= 2 else {
      throw ValidationError("--text-column can be given twice at most, for a pair.")
    }
    guard isGiven || labelColumn == nil && idColumn == nil && maxLength == nil else {
      throw ValidationError("--label-column, --id-column and --max-length need --text-column.")
    }
    if let maxLength, maxLength < 1 {
      throw ValidationError("--max-length must be at least 1, got \(maxLength).")
    }
  }

  /// Whether paths are tables.
  var isGiven: Bool { !textColumn.isEmpty }

  var all: [String] { textColumn + [idColumn].compactMap(\.self) }

  var columns: TableStatistics.Columns {
    TableStatistics.Columns(texts: textColumn, label: labelColumn, id: idColumn)
  }
}

extension TableLayout.Format: ExpressibleByArgument {}
extension TableLayout.Header: ExpressibleByArgument {}
extension TableLayout.Quoting: ExpressibleByArgument {}
extension TextEncoding: ExpressibleByArgument {}
