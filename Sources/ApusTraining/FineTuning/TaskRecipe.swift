import ApusModels
import ApusText

/// One task of a fine-tuned model: its data, how they are read, its head, its loss and its measures.
public struct TaskRecipe: Equatable, Sendable {
  /// What a column of a table is to a task.
  static let columnNames = [
    "text", "pair", "label", "id", "query", "choices", "context", "start", "word", "tag",
  ]

  public var name = ""
  public var kind = TaskKind.classification
  /// The task of GLUE whose layout the data have, from which type, columns, labels and metrics follow.
  public internal(set) var glue: GLUETask?
  /// The files to learn from, to choose the best model by, and to measure at the end.
  public var data: String?
  public var validation: String?
  public var test: String?
  /// How tables are written.
  public var format = TableLayout.Format.automatic
  public var quoting = TableLayout.Quoting.automatic
  public var header = TableLayout.Header.automatic
  /// What the bytes of tables and labelled lines mean.
  public var encoding = TextEncoding.utf8
  /// Columns by name, or by number from 1.
  public var columns: [String: String] = [:]
  /// The names of classes in the order of outputs; none takes those of the data, sorted.
  public var labels: [String] = []
  /// The scheme that tags of entities are brought into.
  public var scheme = TagScheme.iobes
  /// What is measured; the best model is that of the highest first one.
  public var metrics: [String] = []
  /// How states become one vector; nil takes the mean, or the last state of a causal encoder.
  public var pooling: StatePooling?
  public var head = TaskConfig.Head.linear
  public var looks = 5
  public var dropout = 0.1
  public var crf = false
  /// What the loss is multiplied with.
  public var weight = 1.0
  /// The share of the target distribution that is spread over all classes.
  public var labelSmoothing = 0.0
  /// What is done about classes of unequal size; nil for nothing.
  public var imbalance: ImbalanceRecipe?
  /// The examples of a batch; nil takes those of the run.
  public var examplesPerBatch: Int?
  /// The tokens that a window of a long context shares with the one before.
  public var stride = 64
  /// The most tokens of an answer.
  public var maximumAnswerLength = 30
  /// The share of tokens that a masked language task hides.
  public var maskingRate = 0.15
  /// Fine-tuned models with this task, whose answers are learnt from beside the labels.
  public var teachers: [String] = []
  /// The share of the loss that comes from the teachers.
  public var teacherShare = 0.5
  /// What flattens the answers of teachers.
  public var temperature = 2.0

  public init(name: String, kind: TaskKind) {
    self.name = name
    self.kind = kind
  }
}

extension TaskRecipe: RecipeSection {
  static var kindKey: String { "type" }
  static var presetKey: String? { "glue" }

  static let fields: [RecipeField<TaskRecipe>] = [
    .choice("type", \.kind).when { $0.glue == nil },
    .glue,
    .text("data", \.data),
    .text("validation", \.validation),
    .text("test", \.test),
    .choice("format", \.format).when { $0.glue == nil },
    .choice("quoting", \.quoting).when { $0.glue == nil },
    .choice("header", \.header).when { $0.glue == nil },
    .choice("encoding", \.encoding).when {
      ![.tagging, .answers, .language].contains($0.kind)
    },
    .texts("columns", \.columns, of: columnNames).when { $0.glue == nil },
    .texts("labels", \.labels).when { $0.kind.hasLabels },
    .choice("scheme", \.scheme).when { $0.kind == .tagging },
    .texts("metrics", \.metrics),
    .choice("pooling", \.pooling).when { $0.kind.poolsStates && $0.head == .linear },
    .choice("head", \.head).when { $0.kind == .classification },
    .integer("looks", \.looks, 1...64).when { $0.head == .stochasticAnswers },
    .number("dropout", \.dropout, 0...0.99).when { $0.kind != .language },
    .flag("crf", \.crf).when { $0.kind == .tagging },
    .number("weight", \.weight, 1e-6...1e6),
    .number("labelSmoothing", \.labelSmoothing, 0...0.99).when { $0.kind == .classification },
    .section("imbalance", \.imbalance).when { $0.kind == .classification },
    .integer("examplesPerBatch", \.examplesPerBatch, 1...1_048_576),
    .integer("stride", \.stride, 0...65_536).when { $0.kind == .answers },
    .integer("maximumAnswerLength", \.maximumAnswerLength, 1...65_536).when {
      $0.kind == .answers
    },
    .number("maskingRate", \.maskingRate, 0.001...0.9).when { $0.kind == .language },
    .texts("teachers", \.teachers).when { $0.kind == .classification },
    .number("teacherShare", \.teacherShare, 0...1).when { !$0.teachers.isEmpty },
    .number("temperature", \.temperature, 0.01...1000).when { !$0.teachers.isEmpty },
  ]

  init() { self.init(name: "", kind: .classification) }

  func checkTogether() throws(RecipeProblem) {
    let known = TaskMetric.all(of: kind).map(\.rawValue)
    if let metric = metrics.first(where: { !known.contains($0) }) {
      throw RecipeProblem(
        path: ["metrics"], expected: "to be some of \(known.joined(separator: ", "))",
        found: metric)
    }
    let unused = columns.keys.sorted().first { !Self.columns(of: kind).contains($0) }
    if let unused {
      throw RecipeProblem(
        path: ["columns"],
        expected:
          "to have only \(Self.columns(of: kind).joined(separator: ", ")) for \(kind.rawValue)",
        found: unused)
    }
    if let imbalance, head != .linear {
      let penalties = imbalance.l1 + imbalance.l2 > 0
      guard imbalance.retrainingEpochs == 0, !penalties else {
        throw RecipeProblem(
          path: ["imbalance", penalties ? "l1 and l2" : "retrainingEpochs"],
          expected: "to be 0 for a head that is not linear", found: head.rawValue)
      }
    }
    if kind == .ranking, columns["pair"] == nil {
      throw RecipeProblem(
        path: ["columns"], expected: "to have a pair, the candidate of each row", found: "none")
    }
  }

  /// The columns that a kind of task reads.
  private static func columns(of kind: TaskKind) -> [String] {
    switch kind {
    case .classification, .multilabel, .similarity: ["text", "pair", "label", "id"]
    case .ranking: ["text", "pair", "label", "query"]
    case .choice: ["context", "choices", "label", "id"]
    case .tagging: ["word", "tag"]
    case .answers: ["text", "context", "label", "start", "id"]
    case .language: []
    }
  }
}
