import ApusFiles
import ApusText
import ApusTraining

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
      self.init(statistics)
    } catch let error as InputError {
      self.init([.failure("\(error)")])
    }
  }

  /// A look at files of a task before anything is fine-tuned on them.
  ///
  /// - Parameters:
  ///   - task: The files and how they are read.
  ///   - tokenizer: What would cut the texts into tokens.
  ///   - limit: The tokens that texts would be cut to.
  /// - Throws: What reading a table throws that is no finding.
  public init(of task: TaskRecipe, tokenizer: Tokenizer? = nil, limit: Int? = nil) throws {
    let limit = tokenizer == nil ? nil : limit
    do {
      let statistics = try task.statistics(tokenizer: tokenizer, limit: limit ?? .max)
      // Of tags, that of no entity is by far the commonest everywhere.
      self.init(statistics, comparesCounts: task.kind != .tagging)
      let known = Set(task.labels)
      for split in statistics.splits where !known.isEmpty {
        for label in split.labels.keys.sorted() where !known.contains(label) {
          findings.append(.failure("the label \"\(label)\" of \(split.name) is not in labels"))
        }
      }
    } catch let error as FileError {
      self.init([.failure("\(error)")])
    } catch let error as InputError {
      // Reading stops at the first row that can't be learnt from; of tables, all are told.
      guard let text = task.columns["text"], [.classification, .similarity].contains(task.kind)
      else {
        self.init([.failure("\(error)")])
        return
      }
      try self.init(
        of: task.files,
        TaskTextReader(task).layout,
        TableStatistics.Columns(
          texts: [text] + (task.columns["pair"].map { [$0] } ?? []),
          label: task.columns["label"] ?? "label", id: task.columns["id"]),
        tokenizer: tokenizer, limit: limit)
      if !findings.contains(where: { $0.severity == .failure }) {
        findings.append(.failure("\(error)"))
      }
    }
  }

  private init(_ findings: [Finding]) { self.findings = findings }

  private init(_ statistics: TableStatistics, comparesCounts: Bool = true) {
    self.statistics = statistics
    findings =
      statistics.splits.flatMap(Self.findings)
      + Self.labelFindings(statistics.splits, comparesCounts: comparesCounts)
      + statistics.leaks.map(Self.finding)
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

  private static func labelFindings(
    _ splits: [TableStatistics.Split], comparesCounts: Bool
  ) -> [Finding] {
    guard let first = splits.first, !first.labels.isEmpty else { return [] }
    var findings: [Finding] = []
    let counts = first.labels.values.sorted()
    if counts.count == 1, let label = first.labels.keys.first {
      findings.append(.failure("\(first.name): all rows have the label \"\(label)\""))
    } else if comparesCounts, let least = counts.first, let most = counts.last, most >= 10 * least {
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
