/// How the columns of a table stand in its file.
public struct TableLayout: Sendable, Equatable {
  public enum Format: String, Sendable, CaseIterable {
    /// Chosen from the name of the file and its first line.
    case automatic
    /// Columns between commas, quoted where they hold one (RFC 4180).
    case csv
    /// Columns between tabs, in which quotes mean nothing, as in GLUE.
    case tsv
    /// An object a line. A column is a key, or keys from the outermost with dots between them.
    case json
    /// The label, a blank, the text: columns `label` and `text`.
    case words
    /// `COARSE:fine text` as in TREC: columns `label`, the coarse class, `fine`, both classes
    /// together, and `text`.
    case coarse
    /// A directory with a file a column, line by line; a column is the name of a file, with or
    /// without what stands behind its dot.
    case parallel

    /// Whether the names of columns are the file's own, not ones that the format gives.
    public var hasNamedColumns: Bool { self != .words && self != .coarse }
  }

  public enum Header: String, Sendable, CaseIterable {
    /// A first line is a header if it holds a column that is asked for or a customary name.
    case automatic
    case present, absent
  }

  public enum Quoting: String, Sendable, CaseIterable {
    /// Quotes of CSV are read as such, those of TSV as text.
    case automatic
    /// `"` opens and ends a column that holds separators and line breaks; `""` in it is a quote.
    case quotes
    /// Quotes are text.
    case none
  }

  public var format: Format
  public var header: Header
  public var quoting: Quoting
  public var encoding: TextEncoding
  /// Whether rows may have fewer or more columns than the first line.
  ///
  /// A column that a row lacks is then an error only where it is asked for.
  public var isRagged: Bool
  /// Columns that the table must have, by name or number from 1; of a directory, all that are read.
  public var columns: [String]

  public init(
    format: Format = .automatic, header: Header = .automatic, quoting: Quoting = .automatic,
    encoding: TextEncoding = .utf8, isRagged: Bool = false, columns: [String] = []
  ) {
    self.format = format
    self.header = header
    self.quoting = quoting
    self.encoding = encoding
    self.isRagged = isRagged
    self.columns = columns
  }

  /// The format of a file that says nothing else, from its name, or from its first line.
  static func guessedFormat(of path: String, firstLine: String) -> Format? {
    let name = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
    if name.hasSuffix(".csv") { return .csv }
    if name.hasSuffix(".tsv") { return .tsv }
    if LineEncoding.isJSONLines(name) || firstLine.hasPrefix("{") { return .json }
    if firstLine.contains("\t") { return .tsv }
    let parts = firstLine.split(separator: ",", omittingEmptySubsequences: false)
    if parts.count > 1, isHeader(parts.map(String.init)) { return .csv }
    switch LabelledFormat.guessed(from: firstLine, path: path) {
    case .coarse: return .coarse
    case .words: return .words
    default: return nil
    }
  }

  /// Whether a first line is a header: it has a column that is asked for, or names as they are
  /// customary.
  func isHeader(_ names: [String]) -> Bool {
    // The number of a column is no name by which a header could be told from a row.
    let wanted = columns.filter { !(1...max(1, names.count) ~= Int($0) ?? 0) }
    return names.contains(where: wanted.contains) || Self.isHeader(names)
  }

  /// Whether the columns of a first line are names: some customary, none empty or a number.
  static func isHeader(_ names: [String]) -> Bool {
    names.allSatisfy { !$0.isEmpty && Double($0) == nil }
      && names.contains { customaryNames.contains($0.lowercased()) }
  }

  /// What GLUE, SQuAD, Kaggle and the sets like them call their columns.
  ///
  /// `positive` and `negative` are none of them, as first lines have them as labels: beside them stands
  /// an anchor.
  private static let customaryNames: Set = [
    "anchor", "id", "index", "idx", "pairid", "questionid", "qid", "text", "sentence", "sentence1",
    "sentence2", "sentence_a", "sentence_b", "text1", "text2", "text_a", "text_b", "#1 string",
    "#2 string", "question", "question1", "question2", "query", "answer", "passage", "context",
    "premise", "hypothesis", "document", "review", "title", "label", "labels", "gold_label",
    "class", "category", "target", "score", "similarity", "quality", "is_duplicate", "author",
    "intent", "sentiment",
  ]
}
