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

  /// The columns of files with labels: names of their header, or numbers where they have none.
  public var columns: (text: String, pair: String?, label: String) {
    switch self {
    case .cola: ("4", nil, "2")
    case .sst2: ("sentence", nil, "label")
    case .mrpc: ("#1 String", "#2 String", "Quality")
    case .qqp: ("question1", "question2", "is_duplicate")
    case .stsb: ("sentence1", "sentence2", "score")
    case .mnli: ("sentence1", "sentence2", "gold_label")
    case .qnli: ("question", "sentence", "label")
    case .rte, .wnli: ("sentence1", "sentence2", "label")
    }
  }

  /// Whether files with labels begin with the names of their columns.
  public var hasHeader: Bool { self != .cola }

  /// Whether published files have rows that line breaks in questions have torn: some dozens of QQP's.
  public var hasTornRows: Bool { self == .qqp }

  /// The files of a directory that have labels, as they were published.
  ///
  /// Labels of most test files are not public: only MRPC has those of its authors, and MNLI measures on
  /// genres of which no texts were learnt from.
  ///
  /// - Returns: Paths; nil for what is not there, but for the texts to learn from.
  public func files(
    in directory: String
  ) -> (training: String, validation: String?, test: String?) {
    func path(_ names: String...) -> String? {
      let paths = names.flatMap { ["\(directory)/\($0)", "\(directory)/\($0).gz"] }
      return paths.first { access($0, F_OK) == 0 }
    }
    let missing = "\(directory)/train.tsv"
    switch self {
    case .mnli:
      return (
        path("train.tsv") ?? missing, path("dev_matched.tsv"), path("dev_mismatched.tsv")
      )
    case .mrpc:
      return (
        path("train.tsv", "msr_paraphrase_train.txt") ?? missing, path("dev.tsv"),
        path("msr_paraphrase_test.txt")
      )
    default: return (path("train.tsv") ?? missing, path("dev.tsv"), nil)
    }
  }
}
