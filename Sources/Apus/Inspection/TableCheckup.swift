import ApusFiles
import ApusText

/// A look at labelled tables before anything is fine-tuned on them.
public struct TableCheckup: Sendable {
  /// Nil if a table could not be read.
  public private(set) var statistics: TableStatistics?
  public private(set) var findings: [Finding] = []

  /// Reads tables.
  ///
  /// - Parameters:
  ///   - paths: The tables; the first is what would be learnt from.
  ///   - layout: How their columns stand.
  ///   - columns: Which columns hold texts and labels.
  ///   - tokenizer: What would cut the texts into tokens.
  ///   - limit: The tokens that texts would be cut to.
  /// - Throws: `FileError` if a file can't be read. What is wrong with its contents is a finding.
  public init(
    of paths: [String], _ layout: TableLayout, _ columns: TableStatistics.Columns,
    tokenizer: Tokenizer? = nil, limit: Int? = nil
  ) throws {
    do {
      let tables = try paths.map { try LabelledTable($0, layout) }
      let statistics = try TableStatistics(
        of: tables, columns, tokenizer: tokenizer, limit: limit ?? .max)
      self.statistics = statistics
      findings =
        statistics.splits.flatMap(Self.findings) + Self.labelFindings(statistics.splits)
        + statistics.leaks.map(Self.finding)
    } catch let error as InputError {
      findings = [.failure("\(error)")]
    }
  }

  private static func findings(_ split: TableStatistics.Split) -> [Finding] {
    var findings: [Finding] = []
    func add(
      _ make: (String) -> Finding, _ sightings: Sightings, _ one: String, _ many: String
    ) {
      if sightings.count > 0 { findings.append(make(sightings.described(one, many))) }
    }
    add(Finding.failure, split.withoutText, "row without a text", "rows without a text")
    add(
      Finding.failure, split.withoutFiniteScore, "score is not finite", "scores are not finite")
    add(Finding.failure, split.repeatedIDs, "id stands twice", "ids stand in an earlier row too")
    if split.withoutLabel.count == split.rows, split.rows > 0 {
      findings.append(.note("\(split.name): no row has a label"))
    } else {
      add(Finding.failure, split.withoutLabel, "row without a label", "rows without a label")
    }
    add(
      Finding.warning, split.conflicts, "text stands in an earlier row with another label",
      "texts stand in earlier rows with other labels")
    add(
      Finding.warning, split.repeats, "row repeats an earlier one", "rows repeat earlier ones")
    if split.lengths.overlong > 0 {
      findings.append(
        .warning(
          "\(split.name): \(share(split.lengths.overlong, of: split.lengths.documents)) of texts "
            + "are longer than \(split.lengths.limit) tokens and would be cut"))
    }
    return findings
  }

  private static func labelFindings(_ splits: [TableStatistics.Split]) -> [Finding] {
    guard let first = splits.first, !first.labels.isEmpty else { return [] }
    var findings: [Finding] = []
    let counts = first.labels.values.sorted()
    if counts.count == 1, let label = first.labels.keys.first {
      findings.append(.failure("\(first.name): all rows have the label \"\(label)\""))
    } else if let least = counts.first, let most = counts.last, most >= 10 * least {
      findings.append(
        .warning(
          "\(first.name): the commonest label stands \(most / least) times as often as the rarest"))
    }
    for split in splits.dropFirst() where !split.labels.isEmpty {
      for label in Set(split.labels.keys).subtracting(first.labels.keys).sorted() {
        findings.append(
          .failure("the label \"\(label)\" of \(split.name) is not in \(first.name)"))
      }
      for label in Set(first.labels.keys).subtracting(split.labels.keys).sorted() {
        findings.append(
          .warning("the label \"\(label)\" of \(first.name) is not in \(split.name)"))
      }
    }
    return findings
  }

  private static func finding(_ leak: TableStatistics.Leak) -> Finding {
    let others = leak.otherLabels > 0 ? ", \(leak.otherLabels) with another label" : ""
    let place = "in \(leak.earlier) too"
    return .warning(leak.rows.described("text is \(place)", "texts are \(place)") + others)
  }

  private static func share(_ count: Int, of total: Int) -> String {
    let tenths = (1000 * Double(count) / Double(max(1, total))).rounded() / 10
    return "\(tenths) %"
  }
}
