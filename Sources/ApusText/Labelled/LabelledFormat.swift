import ApusFiles
import Glibc

/// How the lines of a file tell a text and its label.
public enum LabelledFormat: String, Sendable, CaseIterable {
  /// Chosen from the name of the file and its first line.
  case automatic
  /// The label, a blank, the text.
  case words
  /// The label, a tab, the text; or columns, of which a first line names that of the labels (`label`,
  /// `class`, `sentiment` …) and that of the texts (`text`, `sentence`, `review` …).
  case tabs
  /// The same with commas, and with quotes around what holds one.
  case csv
  /// An object with `label`, a string or a whole number, and `text`, a string, or with keys of the
  /// names that columns may have.
  case json
  /// `COARSE:fine text` as in TREC, with the coarse class as the label.
  case coarse
  /// `COARSE:fine text`, with both classes together as the label.
  case fine
  /// Trees of the Stanford Sentiment Treebank, whose labels are 0 to 4.
  case trees
  /// The same with 0 for negative and 1 for positive; what is neutral is left out.
  case binaryTrees = "binary-trees"
  /// A directory with a text a line in `seq.in`, and the label of each in `label`.
  case paired
  /// A directory for each label, with a text in each of its files: scikit-learn's `load_files`. Files
  /// that are not UTF-8 are read as Latin-1.
  case directories

  /// The format of a table that has the lines; nil for trees, pairs and directories, which are none.
  var table: TableLayout.Format? {
    switch self {
    case .automatic, .words: .words
    case .tabs: .tsv
    case .csv: .csv
    case .json: .json
    case .coarse, .fine: .coarse
    case .trees, .binaryTrees, .paired, .directories: nil
    }
  }

  /// The format of a directory that nothing else is said of; nil for a file.
  static func ofDirectory(_ path: String) -> LabelledFormat? {
    guard FileStatus.isDirectory(path) else { return nil }
    return access("\(path)/\(PairedReader.wordName)", F_OK) == 0 ? .paired : .directories
  }

  /// The format that a file of some name and first line has.
  static func guessed(from line: String, path: String) -> LabelledFormat {
    if LineEncoding.isJSONLines(path) { return .json }
    if path.hasSuffix(".csv") || path.hasSuffix(".csv.gz") { return .csv }
    if line.contains("\t") { return .tabs }
    if line.hasPrefix("("), line.hasSuffix(")") { return .trees }
    let label = line.prefix { $0 != " " }
    let parts = label.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } ? .coarse : .words
  }
}
