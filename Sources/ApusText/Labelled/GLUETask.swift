import ApusFiles
import Glibc

/// The tasks of the General Language Understanding Evaluation, and how their files have them.
///
/// - Source: Wang et al. 2019, and the files of gluebenchmark.com.
public enum GLUETask: String, Sendable, CaseIterable {
  case cola
  case sst2 = "sst-2"
  case mrpc, qqp
  case stsb = "sts-b"
  case mnli, qnli, rte, wnli

  public enum Part: String, Sendable, CaseIterable {
    case train, dev, test
    /// Of MNLI, texts of other genres than the training texts'.
    case mismatchedDev = "dev_mismatched"
    case mismatchedTest = "test_mismatched"
  }

  /// A row of a task.
  public struct Example: Sendable, Hashable {
    /// The line of the file, from 1.
    public var row: Int
    public var text: String
    /// Nil for tasks of single sentences.
    public var pair: String?
    /// One of `labels`, or a score; nil in test files, which have none.
    public var label: String?
  }

  /// The task of a name as it is written somewhere: `SST-2`, `sst2` and `SST_2` are one.
  public init?(named name: String) {
    func plain(_ text: String) -> String { text.lowercased().filter { $0.isLetter || $0.isNumber } }
    guard let task = Self.allCases.first(where: { plain($0.rawValue) == plain(name) }) else {
      return nil
    }
    self = task
  }

  /// The labels; empty for scores from 0 to 5.
  public var labels: [String] {
    switch self {
    case .cola, .sst2, .mrpc, .qqp, .wnli: ["0", "1"]
    case .mnli: ["contradiction", "entailment", "neutral"]
    case .qnli, .rte: ["entailment", "not_entailment"]
    case .stsb: []
    }
  }

  /// The columns of a part: names of its header, or numbers where it has none.
  public func columns(of part: Part) -> (text: String, pair: String?, label: String?) {
    let isTest = part == .test || part == .mismatchedTest
    let columns: (text: String, pair: String?, label: String) =
      switch self {
      case .cola: isTest ? ("sentence", nil, "") : ("4", nil, "2")
      case .sst2: ("sentence", nil, "label")
      case .mrpc: ("#1 String", "#2 String", "Quality")
      case .qqp: ("question1", "question2", "is_duplicate")
      case .stsb: ("sentence1", "sentence2", "score")
      case .mnli: ("sentence1", "sentence2", "gold_label")
      case .qnli: ("question", "sentence", "label")
      case .rte, .wnli: ("sentence1", "sentence2", "label")
      }
    return (columns.text, columns.pair, isTest ? nil : columns.label)
  }

  /// Reads a part of the task.
  ///
  /// - Parameters:
  ///   - part: Which part.
  ///   - directory: The directory of the task, with its files as they were published.
  /// - Returns: The rows in their order. Rows of QQP without a label, some dozens that line breaks in
  ///   questions have torn, are left out.
  /// - Throws: `FileError`; `InputError` naming the row of a text that is missing or a label that is
  ///   none of the task's.
  public func examples(_ part: Part, in directory: String) throws -> [Example] {
    let columns = columns(of: part)
    // Published files of QQP have torn rows.
    let layout = TableLayout(
      format: .tsv, header: columns.text == "4" ? .absent : .present, isRagged: self == .qqp,
      columns: [columns.text, columns.pair, columns.label].compactMap(\.self))
    let table = try LabelledTable(file(of: part, in: directory), layout)
    return try table.rows.compactMap { row in
      let label = try columns.label.flatMap { try row.optionalText($0) }
      if self == .qqp, columns.label != nil, label == nil { return nil }
      let example = Example(
        row: row.row, text: try row.text(columns.text),
        pair: try columns.pair.map { try row.text($0) },
        label: try columns.label.map { try checked(label, in: $0, of: row) })
      return example
    }
  }

  private func checked(_ label: String?, in column: String, of row: TableRow) throws -> String {
    guard labels.isEmpty else {
      guard let label, labels.contains(label) else {
        throw row.failure("one of \(labels.joined(separator: ", "))", in: column)
      }
      return label
    }
    guard 0...5 ~= (try row.number(column)) else {
      throw row.failure("a score from 0 to 5", in: column)
    }
    return try row.text(column)
  }

  /// The file of a part: of several names that were published, the one that is there.
  private func file(of part: Part, in directory: String) -> String {
    var names = ["\(part.rawValue).tsv"]
    switch (self, part) {
    case (.mnli, .dev): names = ["dev_matched.tsv"]
    case (.mnli, .test): names = ["test_matched.tsv"]
    case (.mrpc, .train): names.append("msr_paraphrase_train.txt")
    case (.mrpc, .test): names.append("msr_paraphrase_test.txt")
    default: break
    }
    let paths = names.flatMap { ["\(directory)/\($0)", "\(directory)/\($0).gz"] }
    return paths.first { access($0, F_OK) == 0 } ?? paths[0]
  }
}
