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
    countsTokens = tokenizer != nil
    if let label = columns.label, let row = tables.first?.rows.first {
      try row.requireColumn(label)
    }
    var places: [String: Seen] = [:]
    let areScores = try columns.label.map { try Self.areScores($0, of: tables) } ?? false
    for (number, table) in tables.enumerated() {
      var split = Split(name: table.name, lengths: LengthHistogram(limit: limit))
      var found = tables[..<number].map { Leak(name: table.name, earlier: $0.name) }
      var ids: Set<String> = []
      for row in table.rows {
        let place = Corpus.Place(file: table.name, row: row.row)
        split.rows += 1
        if let id = columns.id, !ids.insert(try row.text(id)).inserted {
          split.repeatedIDs.add(place)
        }
        let label = try columns.label.flatMap { try row.optionalText($0) }
        split.add(label, isScore: areScores, at: place)
        let texts = try columns.texts.map { try row.optionalText($0) ?? "" }
        guard texts.allSatisfy({ !$0.isEmpty }) else {
          split.withoutText.add(place)
          continue
        }
        let pair = texts.count > 1 ? texts[1] : nil
        split.lengths.add(
          tokenizer?.encode(texts[0], pair).ids.count ?? texts.reduce(0) { $0 + $1.utf8.count })
        let key = texts.map(Self.normalized).joined(separator: "\u{1F}")
        guard let seen = places[key] else {
          places[key] = Seen(split: number, label: label)
          continue
        }
        if seen.split == number {
          if seen.label == label {
            split.repeats.add(place)
          } else {
            split.conflicts.add(place)
          }
        } else {
          found[seen.split].rows.add(place)
          if let label, let other = seen.label, label != other {
            found[seen.split].otherLabels += 1
          }
        }
      }
      splits.append(split)
      leaks += found.filter { $0.rows.count > 0 }
    }
  }

  /// Where a text was seen first.
  private struct Seen {
    let split: Int
    let label: String?
  }

  /// A text in which case, blanks and the composition of characters make no difference.
  static func normalized(_ text: String) -> String {
    text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  private static func areScores(_ label: String, of tables: [LabelledTable]) throws -> Bool {
    var values: Set<String> = []
    for table in tables {
      for row in table.rows {
        guard let text = try row.optionalText(label) else { continue }
        guard Double(text) != nil else { return false }
        values.insert(text)
      }
    }
    return values.count > mostNumberedClasses
  }
}

extension TableStatistics.Split {
  fileprivate mutating func add(_ label: String?, isScore: Bool, at place: Corpus.Place) {
    guard let label else { return withoutLabel.add(place) }
    guard isScore else {
      labels[label, default: 0] += 1
      return
    }
    guard let score = Double(label), score.isFinite else { return withoutFiniteScore.add(place) }
    let range = scores ?? score...score
    scores = min(range.lowerBound, score)...max(range.upperBound, score)
  }
}
