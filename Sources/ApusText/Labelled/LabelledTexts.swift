import ApusFiles

/// The labelled texts of a file, one a line; empty lines are passed over.
public struct LabelledTexts: Sendable {
  public let name: String
  public private(set) var texts: [LabelledText] = []

  private static let labelName = "label"

  /// Reads a file, gzip or not, or standard input for `-`; or a directory of a pair of files.
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
    guard format != .paired, format != .automatic || !LabelledFormat.isPaired(path) else {
      name = path
      texts = try Self.pairs(path)
      return
    }
    var lines = try TextLines(path)
    let file = lines.name
    name = file
    var format = format
    var columns: TableColumns?
    var seen: Set<LabelledText> = []
    while let line = try lines.next() {
      guard !line.allSatisfy(\.isWhitespace) else { continue }
      if format == .automatic {
        format = .guessed(from: line, isJSON: LineEncoding.isJSONLines(path))
      }
      if format == .tabs, columns == nil {
        columns = TableColumns(header: line)
        if columns?.isNamed == true { continue }
      }
      func failure(_ expected: String) -> InputError {
        InputError(
          file: file, row: lines.row, expected: expected, found: "\"\(line.prefix(60))\"")
      }
      switch format {
      case .automatic, .words, .paired:
        guard let text = Self.parted(line, at: " ") else {
          throw failure("a label, a blank, a text")
        }
        texts.append(text)
      case .tabs:
        guard let text = columns?.text(of: line) else {
          throw failure(columns?.expectation ?? "a label, a tab, a text")
        }
        texts.append(text)
      case .json: texts.append(try Self.json(line, file: file, row: lines.row))
      case .coarse, .fine:
        guard var text = Self.parted(line, at: " "),
          let coarse = Self.parted(text.label, at: ":")
        else { throw failure("COARSE:fine, a blank, a text") }
        if format == .coarse { text.label = coarse.label }
        texts.append(text)
      case .trees, .binaryTrees:
        guard let tree = SentimentTree(line) else {
          throw failure("a tree as (LABEL word) or (LABEL tree tree), labels from 0 to 4")
        }
        let phrases = tree.phrases(onlyWhole: !includesPhrases, isBinary: format == .binaryTrees)
        texts += includesPhrases ? phrases.filter { seen.insert($0).inserted } : phrases
      }
    }
    guard !texts.isEmpty else {
      throw InputError(file: name, expected: "labelled texts", found: "none")
    }
  }

  /// The texts of a directory; those without words are passed over.
  private static func pairs(_ directory: String) throws -> [LabelledText] {
    var lines = try PairedLines(
      "\(directory)/\(PairedReader.wordName)", "\(directory)/\(labelName)")
    var texts: [LabelledText] = []
    while let (text, label) = try lines.next() {
      guard text.contains(where: { !$0.isWhitespace }) else { continue }
      guard label.contains(where: { !$0.isWhitespace }) else {
        throw InputError(
          file: lines.second.name, row: lines.second.row, expected: "a label", found: "none")
      }
      texts.append(LabelledText(label: label, text: text))
    }
    guard !texts.isEmpty else {
      throw InputError(file: lines.first.name, expected: "labelled texts", found: "none")
    }
    return texts
  }

  /// What stands before and behind the first separator, both not empty.
  private static func parted(_ line: String, at separator: Character) -> LabelledText? {
    guard let place = line.firstIndex(of: separator), place > line.startIndex else { return nil }
    let text = line[line.index(after: place)...]
    guard text.contains(where: { !$0.isWhitespace }) else { return nil }
    return LabelledText(label: String(line[..<place]), text: String(text))
  }

  private static func json(_ line: String, file: String, row: Int) throws -> LabelledText {
    var bytes = line
    let value: JSONValue
    do {
      value = try bytes.withUTF8 { try JSONValue(parsing: $0, file: file) }
    } catch var error as InputError {
      error.row = row
      throw error
    }
    let object = JSONField(value, file: file)
    do {
      let label: String
      if case .integer(let number) = object["label"].value {
        label = String(number)
      } else {
        label = try object["label"].string()
      }
      return LabelledText(label: label, text: try object["text"].string())
    } catch var error as InputError {
      error.row = row
      throw error
    }
  }
}

/// Which columns of a table hold label and text.
private struct TableColumns {
  let label, text: Int
  /// Whether the first line names the columns.
  let isNamed: Bool

  init(header: String) {
    let names = Self.columns(of: header).map { $0.lowercased() }
    let label = names.firstIndex(of: "label")
    let text = names.firstIndex { ["text", "sentence"].contains($0) }
    if let label, let text {
      (self.label, self.text, isNamed) = (label, text, true)
    } else {
      (self.label, self.text, isNamed) = (0, 1, false)
    }
  }

  var expectation: String {
    isNamed
      ? "a label in column \(label + 1) and a text in column \(text + 1)"
      : "a label, a tab, a text, as no first line names the columns"
  }

  func text(of line: String) -> LabelledText? {
    let columns = Self.columns(of: line)
    guard columns.count > max(label, text), isNamed || columns.count == 2,
      !columns[label].isEmpty, !columns[text].isEmpty
    else {
      return nil
    }
    return LabelledText(label: columns[label], text: columns[text])
  }

  private static func columns(of line: String) -> [String] {
    line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
  }
}
