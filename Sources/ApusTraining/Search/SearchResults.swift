import ApusFiles

/// What the trials of a search reached, the best first.
public struct SearchResults: Sendable {
  public struct Row: Sendable {
    public let trial: Int
    public let values: SearchSpace.Assignment
    /// That of the best validation; nil for a trial that failed.
    public let quality: Double?
    /// The validation loss then.
    public let loss: Double?
    public let step: Int
    /// Why the trial has no quality; empty for one that has.
    public let failure: String

    public init(
      trial: Int, values: SearchSpace.Assignment, quality: Double?, loss: Double?, step: Int,
      failure: String = ""
    ) {
      self.trial = trial
      self.values = values
      self.quality = quality
      self.loss = loss
      self.step = step
      self.failure = failure
    }
  }

  public let rows: [Row]

  /// Rows in any order.
  ///
  /// Of two trials with the same quality the one that was trained longer comes first, then that of the
  /// lower number.
  public init(_ rows: [Row]) {
    self.rows = rows.sorted {
      ($0.quality ?? -.infinity, $0.step, -$0.trial)
        > ($1.quality ?? -.infinity, $1.step, -$1.trial)
    }
  }

  private var header: [String] {
    ["trial", "quality", "loss", "steps"] + (rows.first?.values.map(\.path) ?? []) + ["failure"]
  }

  private func cells(_ row: Row) -> [String] {
    [
      "\(row.trial)", row.quality.map { "\($0)" } ?? "", row.loss.map { "\($0)" } ?? "",
      "\(row.step)",
    ] + row.values.map(\.value) + [row.failure]
  }

  /// A table in Markdown.
  public var markdown: String {
    let lines = [header, header.map { _ in "---" }] + rows.map(cells)
    return lines.map { line in
      "| " + line.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
    }.joined()
  }

  /// A table in CSV.
  public var csv: String {
    ([header] + rows.map(cells)).map { line in
      line.map { cell in
        cell.contains(where: { ",\"\n".contains($0) })
          ? "\"\(cell.replacing("\"", with: "\"\""))\"" : cell
      }.joined(separator: ",") + "\n"
    }.joined()
  }
}
