import ApusFiles
import Foundation

/// What a model is, what it learnt from and what was measured, as Markdown for its directory.
///
/// - Source: the sections are those of Mitchell et al. 2019, as far as a program knows them.
public struct ModelCard: Sendable {
  /// A measured value.
  public struct Result: Sendable, Equatable {
    public var task: String
    /// The data it was measured on.
    public var data: String
    public var metric: String
    public var value: Double

    public init(task: String, data: String, metric: String, value: Double) {
      self.task = task
      self.data = data
      self.metric = metric
      self.value = value
    }
  }

  /// A file of data.
  public struct Source: Sendable, Equatable {
    /// What it was for, such as `training`.
    public var use: String
    public var path: String
    public var exampleCount: Int
    /// The count of each label, where there are labels.
    public var labels: [(name: String, count: Int)]

    public init(
      use: String, path: String, exampleCount: Int, labels: [(name: String, count: Int)] = []
    ) {
      self.use = use
      self.path = path
      self.exampleCount = exampleCount
      self.labels = labels
    }

    public static func == (first: Self, second: Self) -> Bool {
      first.use == second.use && first.path == second.path
        && first.exampleCount == second.exampleCount
        && first.labels.elementsEqual(second.labels, by: ==)
    }
  }

  public var title: String
  /// A sentence or more of what the model is for.
  public var summary: String
  public var data: [Source] = []
  /// The settings of training, in the order they are shown.
  public var settings: [(name: String, value: String)] = []
  public var results: [Result] = []
  /// What the model should not be trusted with, a sentence each.
  public var limits: [String] = []
  /// The command that made the model.
  public var command: String?
  public var seed: UInt64?
  /// Pictures beside the card: what they show, and their files.
  public var pictures: [(name: String, file: String)] = []

  public init(title: String, summary: String) {
    self.title = title
    self.summary = summary
  }

  /// The name of the file, which model hubs show first.
  public static let fileName = "README.md"

  /// The card.
  public var markdown: String {
    var parts = ["# \(Self.line(title))", summary]
    if !data.isEmpty { parts += ["## Data", dataTable] + data.compactMap(Self.labelLine) }
    if !settings.isEmpty {
      parts += [
        "## Settings",
        Self.table(["setting", "value"], settings.map { [$0.name, $0.value] }),
      ]
    }
    if !results.isEmpty {
      parts += [
        "## Results",
        Self.table(
          ["task", "data", "metric", "value"],
          results.map {
            [$0.task, $0.data, $0.metric, String(format: "%.4f", $0.value)]
          }),
      ]
    }
    parts += pictures.map { "![\(Self.line($0.name))](\($0.file))" }
    if !limits.isEmpty {
      parts += ["## Limits", limits.map { "- \(Self.line($0))" }.joined(separator: "\n")]
    }
    if command != nil || seed != nil { parts.append("## How it was made") }
    if let command { parts.append("```sh\n\(command)\n```") }
    if let seed { parts.append("Seed: \(seed)") }
    return parts.joined(separator: "\n\n") + "\n"
  }

  /// Writes the card into a model directory, as a whole or not at all.
  ///
  /// - Throws: `FileError` if the directory can't be written to.
  public func write(to directory: String) throws {
    try writeAtomically(markdown, to: "\(directory)/\(Self.fileName)")
  }

  private var dataTable: String {
    Self.table(
      ["use", "file", "examples"], data.map { [$0.use, $0.path, "\($0.exampleCount)"] })
  }

  /// How the labels of a source are spread, the most frequent first.
  private static func labelLine(_ source: Source) -> String? {
    guard !source.labels.isEmpty, source.exampleCount > 0 else { return nil }
    let labels = source.labels.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    let shown = labels.prefix(mostLabels).map { label in
      let share = 100 * Double(label.count) / Double(source.exampleCount)
      return "\(line(label.name)) \(label.count) (\(String(format: "%.1f", share)) %)"
    }
    let rest = labels.count > mostLabels ? ["and \(labels.count - mostLabels) more"] : []
    return "Labels of \(line(source.path)) (\(line(source.use))): "
      + (shown + rest).joined(separator: ", ") + "."
  }

  private static let mostLabels = 20

  private static func table(_ head: [String], _ rows: [[String]]) -> String {
    func row(_ cells: [String]) -> String {
      "| " + cells.map { line($0).replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }
    let rule = "|" + head.map { _ in " --- |" }.joined()
    return ([row(head), rule] + rows.map(row)).joined(separator: "\n")
  }

  /// A text on one line, in which nothing is taken for HTML.
  private static func line(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ").escapedForXML
  }
}
