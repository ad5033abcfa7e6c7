import ApusFiles

/// The labelled texts of a file, one a line; empty lines are passed over.
public struct LabelledTexts: Sendable {
  /// Where a text stands.
  public struct Place: Sendable, Hashable {
    public var file: String
    /// The line, from 1; nil where the text has the file for itself.
    public var row: Int?
  }

  public let name: String
  public private(set) var texts: [LabelledText] = []
  /// Of each text.
  public private(set) var places: [Place] = []
  /// Whether texts are parts of others: the phrases of trees.
  public private(set) var hasPhrases = false

  private static let labelName = "label"

  /// Reads a file, gzip or not, or standard input for `-`; or a directory of a pair of files, or of one
  /// directory for each label.
  ///
  /// - Parameters:
  ///   - path: The file or directory.
  ///   - format: How its lines are read.
  ///   - includesPhrases: Whether the labelled phrases of a tree are texts of their own, each once,
  ///     as models are trained on them, or only whole sentences.
  /// - Throws: `FileError`; `InputError` naming the row of a line that has not both label and text,
  ///   or a file without any.
  public init(
    _ path: String, format: LabelledFormat = .automatic, includesPhrases: Bool = false
  ) throws {
    var format = format
    if format == .automatic { format = LabelledFormat.ofDirectory(path) ?? .automatic }
    if [.paired, .directories].contains(format) {
      name = path
      if format == .paired {
        try readPairs(path)
      } else {
        for (text, file) in try TextDirectories.texts(path) { append(text, file, row: nil) }
      }
      return
    }
    var lines = try TextLines(path)
    name = lines.name
    try lines.skipBlankLines()
    let first = try lines.peek() ?? ""
    if format == .automatic { format = .guessed(from: first, path: path) }
    if let table = format.table {
      try readRows(of: lines, table, labelledBy: format == .fine ? "fine" : "label")
    } else {
      try readTrees(lines, isBinary: format == .binaryTrees, includesPhrases: includesPhrases)
    }
    guard !texts.isEmpty else {
      throw InputError(file: name, expected: "labelled texts", found: "none")
    }
  }

  /// Those texts alone that a rule keeps.
  public func filtered(_ isKept: (LabelledText) -> Bool) -> LabelledTexts {
    var result = self
    let kept = texts.indices.filter { isKept(texts[$0]) }
    (result.texts, result.places) = (kept.map { texts[$0] }, kept.map { places[$0] })
    return result
  }

  private mutating func append(_ text: LabelledText, _ file: String, row: Int?) {
    texts.append(text)
    places.append(Place(file: file, row: row))
  }

  /// Reads a table: columns that its first line names, or the label before the text.
  private mutating func readRows(
    of lines: TextLines, _ format: TableLayout.Format, labelledBy label: String
  ) throws {
    let layout = TableLayout(encoding: .repaired, isRagged: true)
    var reader = try TableReader(lines, format, layout) { names in
      Self.column(["label"], in: names) != nil && Self.column(Self.textNames, in: names) != nil
    }
    guard format == .tsv || format == .csv else {
      while let row = try reader.next() {
        append(
          LabelledText(label: try row.text(label), text: try row.text("text")), row.file,
          row: row.row)
      }
      return
    }
    let names = reader.columnNames
    let label = Self.column(["label"], in: names ?? []) ?? "1"
    let text = Self.column(Self.textNames, in: names ?? []) ?? "2"
    while let row = try reader.next() {
      guard !row.isEmpty else { continue }
      guard names != nil || row.count == 2, let rowLabel = try row.optionalText(label),
        let rowText = try row.optionalText(text)
      else {
        let separator = format == .csv ? "comma" : "tab"
        throw InputError(
          file: row.file, row: row.row,
          expected: names == nil
            ? "a label, a \(separator), a text, as no first line names the columns"
            : "a label and a text in columns \(label) and \(text)",
          found: row.summary)
      }
      append(LabelledText(label: rowLabel, text: rowText), row.file, row: row.row)
    }
  }

  private static let textNames = ["text", "sentence"]

  /// The column with one of some names, in whatever case.
  private static func column(_ wanted: [String], in names: [String]) -> String? {
    names.first { wanted.contains($0.lowercased()) }
  }

  private mutating func readTrees(
    _ lines: TextLines, isBinary: Bool, includesPhrases: Bool
  ) throws {
    var lines = lines
    hasPhrases = includesPhrases
    var seen: Set<LabelledText> = []
    while let line = try lines.next() {
      guard !line.allSatisfy(\.isWhitespace) else { continue }
      guard let tree = SentimentTree(line) else {
        throw InputError(
          file: lines.name, row: lines.row,
          expected: "a tree as (LABEL word) or (LABEL tree tree), labels from 0 to 4",
          found: "\"\(line.prefix(60))\"")
      }
      let phrases = tree.phrases(onlyWhole: !includesPhrases, isBinary: isBinary)
      for phrase in phrases where !includesPhrases || seen.insert(phrase).inserted {
        append(phrase, lines.name, row: lines.row)
      }
    }
  }

  /// Reads a pair of files; texts without words are passed over.
  private mutating func readPairs(_ directory: String) throws {
    var lines = try ParallelLines([
      "\(directory)/\(PairedReader.wordName)", "\(directory)/\(Self.labelName)",
    ])
    while let pair = try lines.next() {
      let (text, label) = (pair[0], pair[1])
      guard text.contains(where: { !$0.isWhitespace }) else { continue }
      guard label.contains(where: { !$0.isWhitespace }) else {
        throw InputError(
          file: lines.files[1].name, row: lines.row, expected: "a label", found: "none")
      }
      append(LabelledText(label: label, text: text), lines.files[0].name, row: lines.row)
    }
    guard !texts.isEmpty else {
      throw InputError(file: lines.files[0].name, expected: "labelled texts", found: "none")
    }
  }
}
