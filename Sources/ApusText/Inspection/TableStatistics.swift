import ApusFiles

/// What labelled tables are that belong together, such as those to learn from and to measure on.
public struct TableStatistics: Sendable {
  /// Which columns hold what, by name or number.
  public struct Columns: Sendable {
    /// One text, or those of a pair.
    public var texts: [String]
    public var label: String?
    public var id: String?

    public init(texts: [String], label: String? = nil, id: String? = nil) {
      precondition(1...2 ~= texts.count, "TableStatistics: expected one text or two")
      self.texts = texts
      self.label = label
      self.id = id
    }
  }

  /// What is looked at of a row, wherever it comes from.
  public struct Entry: Sendable {
    public var place: Corpus.Place
    /// One text, or several that belong together; one that is missing is empty.
    public var texts: [String]
    /// Nil for a row without; several where they do not exclude each other.
    public var labels: [String]?
    public var id: String?

    public init(place: Corpus.Place, texts: [String], labels: [String]? = nil, id: String? = nil) {
      self.place = place
      self.texts = texts
      self.labels = labels
      self.id = id
    }
  }

  /// One table.
  public struct Split: Sendable {
    public let name: String
    public internal(set) var rows = 0
    /// How often each label stands; empty for scores.
    public internal(set) var labels: [String: Int] = [:]
    /// The least and the greatest score, where labels are numbers that are no classes.
    public internal(set) var scores: ClosedRange<Double>?
    public internal(set) var withoutLabel = Sightings()
    /// Rows with a score that is infinite or not a number.
    public internal(set) var withoutFiniteScore = Sightings()
    public internal(set) var withoutText = Sightings()
    /// Rows whose texts and label stand in an earlier row of the table.
    public internal(set) var repeats = Sightings()
    /// Rows whose texts stand in an earlier row of the table with another label.
    public internal(set) var conflicts = Sightings()
    public internal(set) var repeatedIDs = Sightings()
    /// The lengths of texts: in tokens with those that a tokenizer adds, or else in bytes.
    public internal(set) var lengths: LengthHistogram
  }

  /// Rows of a table whose texts stand in an earlier table too.
  public struct Leak: Sendable {
    public let name: String
    public let earlier: String
    public internal(set) var rows = Sightings()
    /// Those of them with another label.
    public internal(set) var otherLabels = 0
  }

  public private(set) var splits: [Split] = []
  public private(set) var leaks: [Leak] = []
  /// Whether lengths are in tokens.
  public let countsTokens: Bool

  /// Different numbers beyond so many are scores, not classes.
  private static let mostNumberedClasses = 20

  /// Reads tables.
  ///
  /// - Parameters:
  ///   - tables: The tables; the first is what is learnt from.
  ///   - columns: Which columns hold texts and labels.
  ///   - tokenizer: What lengths are counted with; nil counts bytes.
  ///   - limit: A length of interest, such as what texts are cut to.
  /// - Throws: `InputError` for a column that the first table lacks, and for an empty id.
  public init(
    of tables: [LabelledTable], _ columns: Columns, tokenizer: Tokenizer? = nil, limit: Int = .max
  ) throws {
    if let label = columns.label, let row = tables.first?.rows.first {
      try row.requireColumn(label)
    }
    let sources = try tables.map { table in
      let entries = try table.rows.map { row in
        Entry(
          place: Corpus.Place(file: table.name, row: row.row),
          texts: try columns.texts.map { try row.optionalText($0) ?? "" },
          labels: try columns.label.flatMap { try row.optionalText($0) }.map { [$0] },
          id: try columns.id.map { try row.text($0) })
      }
      return (name: table.name, entries: entries)
    }
    self.init(of: sources, tokenizer: tokenizer, limit: limit)
  }

  /// Counts what was read.
  ///
  /// - Parameters:
  ///   - sources: The rows of each table by its name; the first is what is learnt from.
  ///   - areScores: Whether labels are numbers that are no classes; nil tells it from the labels.
  ///   - tokenizer: What lengths are counted with; nil counts bytes.
  ///   - limit: A length of interest, such as what texts are cut to.
  public init(
    of sources: [(name: String, entries: [Entry])], areScores: Bool? = nil,
    tokenizer: Tokenizer? = nil, limit: Int = .max
  ) {
    countsTokens = tokenizer != nil
    var places: [String: Seen] = [:]
    let areScores = areScores ?? Self.areScores(sources.lazy.flatMap(\.entries))
    for (number, source) in sources.enumerated() {
      var split = Split(name: source.name, lengths: LengthHistogram(limit: limit))
      var found = sources[..<number].map { Leak(name: source.name, earlier: $0.name) }
      var ids: Set<String> = []
      for entry in source.entries {
        split.rows += 1
        if let id = entry.id, !ids.insert(id).inserted { split.repeatedIDs.add(entry.place) }
        split.add(entry.labels, areScores: areScores, at: entry.place)
        guard entry.texts.allSatisfy({ !$0.isEmpty }) else {
          split.withoutText.add(entry.place)
          continue
        }
        split.lengths.add(Self.length(of: entry.texts, tokenizer))
        let key = Self.key(of: entry.texts)
        guard let seen = places[key] else {
          places[key] = Seen(split: number, labels: entry.labels)
          continue
        }
        if seen.split == number {
          if seen.labels == entry.labels {
            split.repeats.add(entry.place)
          } else {
            split.conflicts.add(entry.place)
          }
        } else {
          found[seen.split].rows.add(entry.place)
          if let labels = entry.labels, let others = seen.labels, labels != others {
            found[seen.split].otherLabels += 1
          }
        }
      }
      splits.append(split)
      leaks += found.filter { $0.rows.count > 0 }
    }
  }

  /// The length of texts: in tokens that of the first with the longest of the others.
  private static func length(of texts: [String], _ tokenizer: Tokenizer?) -> Int {
    guard let tokenizer else { return texts.reduce(0) { $0 + $1.utf8.count } }
    guard texts.count > 1 else { return tokenizer.encode(texts[0]).ids.count }
    return texts.dropFirst().map { tokenizer.encode(texts[0], $0).ids.count }.max() ?? 0
  }

  /// Where a text was seen first.
  private struct Seen {
    let split: Int
    let labels: [String]?
  }

  /// What texts have in common that differ in case, blanks and the composition of characters alone.
  static func key(of texts: [String]) -> String {
    texts.map(normalized).joined(separator: "\u{1F}")
  }

  /// A text in which case, blanks and the composition of characters make no difference.
  static func normalized(_ text: String) -> String {
    text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  private static func areScores(_ entries: some Sequence<Entry>) -> Bool {
    var values: Set<String> = []
    for label in entries.lazy.flatMap({ $0.labels ?? [] }) {
      guard Double(label) != nil else { return false }
      values.insert(label)
    }
    return values.count > mostNumberedClasses
  }
}

extension TableStatistics.Split {
  fileprivate mutating func add(_ labels: [String]?, areScores: Bool, at place: Corpus.Place) {
    guard let labels else { return withoutLabel.add(place) }
    for label in labels {
      guard areScores else {
        self.labels[label, default: 0] += 1
        continue
      }
      guard let score = Double(label), score.isFinite else { return withoutFiniteScore.add(place) }
      let range = scores ?? score...score
      scores = min(range.lowerBound, score)...max(range.upperBound, score)
    }
  }
}
