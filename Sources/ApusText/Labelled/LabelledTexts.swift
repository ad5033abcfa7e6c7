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
  /// What was decided or replaced in reading, in a sentence each.
  public private(set) var notes: [String] = []

  private static let labelName = "label"

  /// Reads a file, gzip or not, or standard input for `-`; or a directory of a pair of files, or of one
  /// directory for each label.
  ///
  /// - Parameters:
  ///   - path: The file or directory.
  ///   - layout: How its lines are read.
  ///   - includesPhrases: Whether the labelled phrases of a tree are texts of their own, each once,
  ///     as models are trained on them, or only whole sentences.
  /// - Throws: `FileError`; `InputError` naming the row of a line that has not both label and text,
  ///   a table without a column for one of them, or a file without any.
  public init(
    _ path: String, _ layout: LabelledLayout = LabelledLayout(), includesPhrases: Bool = false
  ) throws {
    var layout = layout
    if layout.format == .automatic {
      layout.format = LabelledFormat.ofDirectory(path) ?? .automatic
    }
    if [.paired, .directories].contains(layout.format) {
      name = path
      try Self.requireTable(false, for: layout, of: path)
      if layout.format == .paired {
        try readPairs(path, layout.encoding)
      } else {
        guard layout.encoding == .repaired else {
          throw InputError(
            file: path, expected: "no encoding for files that are UTF-8 or else Latin-1",
            found: layout.encoding.rawValue)
        }
        for (text, file) in try TextDirectories.texts(path) { append(text, file, row: nil) }
      }
      return
    }
    var lines = try TextLines(path, encoding: layout.encoding)
    name = lines.name
    try lines.skipBlankLines()
    let first = try lines.peek() ?? ""
    var table = layout.format.table
    if layout.format == .automatic {
      layout.format = .guessed(from: first, path: path)
      table =
        layout.columns.isEmpty
        ? layout.format.table : TableLayout.guessedFormat(of: path, firstLine: first)
    }
    try Self.requireTable(table?.hasNamedColumns == true, for: layout, of: name)
    if let table {
      try readRows(of: lines, table, layout)
    } else {
      try readTrees(
        lines, isBinary: layout.format == .binaryTrees, includesPhrases: includesPhrases)
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

  /// Refuses columns that are asked for where there are none.
  private static func requireTable(
    _ isTable: Bool, for layout: LabelledLayout, of path: String
  ) throws(InputError) {
    guard !isTable, let column = layout.columns.first else { return }
    throw InputError(
      file: path, expected: "a table with a column \"\(column)\": CSV, TSV or JSON lines",
      found: layout.format.rawValue)
  }

  private mutating func append(_ text: LabelledText, _ file: String, row: Int?) {
    texts.append(text)
    places.append(Place(file: file, row: row))
  }

  /// Reads a table: columns that are asked for or have customary names, or the label before the text.
  private mutating func readRows(
    of lines: TextLines, _ format: TableLayout.Format, _ layout: LabelledLayout
  ) throws {
    let table = TableLayout(encoding: layout.encoding, isRagged: true, columns: layout.columns)
    var reader = try TableReader(lines, format, table) { names in
      layout.columns.isEmpty ? LabelledColumns(of: names) != nil : table.isHeader(names)
    }
    if format == .csv || format == .tsv {
      try readColumns(of: &reader, layout)
    } else {
      while let row = try reader.next() {
        let label = LabelledColumns.label(in: row.keys, layout)
        let text = LabelledColumns.text(in: row.keys, layout)
        append(
          LabelledText(
            label: try row.text(label ?? (layout.format == .fine ? "fine" : "label")),
            text: try row.nonEmptyString(text ?? "text")),
          row.file, row: row.row)
      }
    }
    noteRepairs(reader.repairedLineCount)
  }

  private mutating func noteRepairs(_ count: Int) {
    guard count > 0 else { return }
    notes.append(
      "\(name): \(count) \(count == 1 ? "line has" : "lines have") bytes that are not UTF-8 and became "
        + "U+FFFD (--encoding latin1 reads them as Latin-1)")
  }

  /// Reads a table of columns.
  private mutating func readColumns(
    of reader: inout TableReader, _ layout: LabelledLayout
  ) throws {
    let names = reader.columnNames
    var columns: LabelledColumns?
    var first: TableRow?
    while let row = try reader.next() {
      guard !row.isEmpty else { continue }
      if columns == nil {
        first = row
        columns = try LabelledColumns(
          named: names, layout, file: row.file, row: names == nil ? row.row : reader.headerRow)
      }
      guard let columns else { continue }
      guard names != nil || row.count == 2 || !layout.columns.isEmpty,
        let label = try row.optionalText(columns.label),
        let text = try row.optionalText(columns.text)
      else { throw failure(row, columns, layout, reader) }
      append(LabelledText(label: label, text: text), row.file, row: row.row)
    }
    if let columns, !columns.areUsual, layout.columns.isEmpty, names?.count ?? 0 > 2 {
      notes.append(
        "\(name): labels are in the column \(columns.label), texts in \(columns.text)")
    }
    // A first line of customary names whose label no other has is a header that says not enough.
    guard names == nil, layout.columns.isEmpty, let first, first.hasCustomaryNames, texts.count > 1,
      !first.cellTexts.contains(where: { $0.contains(" ") }),
      !texts.dropFirst().contains(where: { $0.label == texts[0].label })
    else { return }
    throw LabelledColumns.failure(first.cellTexts, layout, file: first.file, row: first.row)
  }

  private func failure(
    _ row: TableRow, _ columns: LabelledColumns, _ layout: LabelledLayout, _ reader: TableReader
  ) -> InputError {
    let separator = reader.format == .csv ? "comma" : "tab"
    let isNamed = reader.columnNames != nil
    if !isNamed, layout.columns.isEmpty, texts.isEmpty, row.hasCustomaryNames {
      return LabelledColumns.failure(row.cellTexts, layout, file: row.file, row: row.row)
    }
    return InputError(
      file: row.file, row: row.row,
      expected: isNamed || !layout.columns.isEmpty
        ? "a label and a text in columns \(columns.label) and \(columns.text)"
        : "a label, a \(separator), a text, as no first line names the columns",
      found: row.summary)
  }

  /// The labels of the texts, sorted.
  public var labels: [String] { labelCounts.keys.sorted() }

  /// How many texts have each label.
  public var labelCounts: [String: Int] {
    texts.reduce(into: [:]) { $0[$1.label, default: 0] += 1 }
  }

  /// Refuses texts of which none has a label that is known.
  ///
  /// - Parameter known: The labels of a model.
  /// - Throws: `InputError` naming the first.
  public func requireAny(of known: [String]) throws(InputError) {
    let all = Set(known)
    guard !texts.contains(where: { all.contains($0.label) }), let first = texts.first else {
      return
    }
    throw InputError(
      file: places[0].file, row: places[0].row,
      expected: "a label of \(shortList(known)), which no text has",
      found: "\"\(first.label.prefix(60))\"")
  }

  /// Refuses texts whose labels say of most texts nothing that others share: plain text has such first
  /// words.
  ///
  /// - Throws: `InputError` with some of these labels.
  public func requireSharedLabels() throws(InputError) {
    let counts = labelCounts
    let lone = counts.filter { $0.value == 1 }.map(\.key).sorted()
    guard texts.count >= Self.fewestToJudge,
      lone.count * 2 > texts.count
        || counts.count > Self.mostLabels && lone.count * 3 > counts.count
    else { return }
    throw InputError(
      file: name, expected: "labels that texts share (--format takes any all the same)",
      found: "\(counts.count) labels, of which \(lone.count) have one text each, such as "
        + shortList(lone.map { "\"\($0.prefix(30))\"" }, atMost: 3))
  }

  /// Fewer texts may have any labels.
  private static let fewestToJudge = 8
  /// With more labels than these, a third of one text each is no rare few.
  private static let mostLabels = 50

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
    noteRepairs(lines.repairedLineCount)
  }

  /// Reads a pair of files; texts without words are passed over.
  private mutating func readPairs(_ directory: String, _ encoding: TextEncoding) throws {
    var lines = try ParallelLines(
      ["\(directory)/\(PairedReader.wordName)", "\(directory)/\(Self.labelName)"],
      encoding: encoding)
    while let pair = try lines.next() {
      let (text, label) = (pair[0], pair[1])
      guard text.contains(where: { !$0.isWhitespace }) else { continue }
      guard label.contains(where: { !$0.isWhitespace }) else {
        throw InputError(
          file: lines.files[1].name, row: lines.row, expected: "a label", found: "none")
      }
      append(LabelledText(label: label, text: text), lines.files[0].name, row: lines.row)
    }
    noteRepairs(lines.repairedLineCount)
    guard !texts.isEmpty else {
      throw InputError(file: lines.files[0].name, expected: "labelled texts", found: "none")
    }
  }
}
