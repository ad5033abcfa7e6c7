import ApusFiles
import Foundation

/// What runs that each leave out a part of the data reach on it, with mean and deviation.
public struct CrossValidation: Sendable {
  /// A measure of a task.
  public struct Row: Sendable, Equatable {
    public let task: String
    public let metric: String
    /// Of each fold in turn; a fold where the measure is not defined has none.
    public fileprivate(set) var values: [Double]

    public var mean: Double { values.reduce(0, +) / Double(values.count) }

    /// The standard deviation over folds, with n − 1; 0 for one fold.
    public var deviation: Double {
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : 0
    }
  }

  public let foldCount: Int
  public private(set) var rows: [Row] = []
  private let directory: String

  /// Begins or goes on with a cross-validation.
  ///
  /// - Parameters:
  ///   - foldCount: The parts that data are divided into.
  ///   - directory: Where the runs are, which is there.
  /// - Throws: `InputError` for a directory with runs over another number of folds.
  public init(foldCount: Int, in directory: String) throws {
    self.foldCount = foldCount
    self.directory = directory
    let file = "\(directory)/folds.json"
    if FileManager.default.fileExists(atPath: file) {
      let former = try JSONField(contentsOf: file, maximumSize: 1 << 10)["folds"]
        .integer(in: 2...1000)
      guard former == foldCount else {
        throw InputError(
          file: directory, expected: "\(former) folds, as begun", found: "\(foldCount)")
      }
    }
    try writeAtomically(
      JSONValue.object([("folds", .integer(foldCount))]).text + "\n", to: file)
  }

  /// Adds what the next fold gave.
  public mutating func add(_ results: [ModelCard.Result]) {
    for result in results {
      if let index = rows.firstIndex(where: { ($0.task, $0.metric) == (result.task, result.metric) }
      ) {
        rows[index].values.append(result.value)
      } else {
        rows.append(Row(task: result.task, metric: result.metric, values: [result.value]))
      }
    }
  }

  /// A table in Markdown.
  public var markdown: String {
    let folds = (1...foldCount).map { "fold \($0)" }
    let head = ["task", "metric", "mean", "deviation"] + folds
    func cell(_ value: Double) -> String { String(format: "%.4f", value) }
    let lines = rows.map { row in
      [row.task, row.metric, cell(row.mean), cell(row.deviation)]
        + folds.indices.map { $0 < row.values.count ? cell(row.values[$0]) : "" }
    }
    return ([head, head.map { _ in "---" }] + lines).map {
      "| \($0.joined(separator: " | ")) |\n"
    }.joined()
  }

  /// The rows as JSON.
  public var json: JSONValue {
    .object([
      ("folds", .integer(foldCount)),
      (
        "results",
        .array(
          rows.map { row in
            .object([
              ("task", .string(row.task)), ("metric", .string(row.metric)),
              ("mean", .number(row.mean)), ("deviation", .number(row.deviation)),
              ("values", .array(row.values.map(JSONValue.number))),
            ])
          })
      ),
    ])
  }

  /// Writes `results.md` and `results.json`.
  ///
  /// - Throws: `FileError` if a file can't be written.
  public func write() throws {
    try writeAtomically(markdown, to: "\(directory)/results.md")
    try writeAtomically(json.text + "\n", to: "\(directory)/results.json")
  }
}
