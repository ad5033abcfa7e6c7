import ApusFiles
import ApusText

/// What sentence encoders learn from, in rows: an anchor with what is to be near it, a pair with a
/// score, or a text with its label.
struct SentenceRows: Sendable {
  /// The texts of each row: anchor, positive, negatives; or two; or one.
  private(set) var texts: [[String]] = []
  /// The score or the number of the label of each row; empty where there are none.
  private(set) var targets: [Float] = []
  /// The labels, sorted.
  private(set) var labels: [String] = []

  /// The customary names of the columns of each role.
  static let names = (
    first: [
      "anchor", "query", "question", "sentence1", "sentence_a", "text1", "text_a", "premise",
    ],
    second: ["positive", "answer", "sentence2", "sentence_b", "text2", "text_b", "hypothesis"],
    negative: ["negative", "negative1", "negative_1"],
    score: ["score", "similarity", "label", "quality", "is_duplicate"],
    text: ["text", "sentence"], label: ["label", "class", "category"]
  )

  /// Reads a table.
  ///
  /// - Parameters:
  ///   - path: CSV, TSV or JSON lines.
  ///   - columns: The names or numbers of the columns in their order; empty takes customary names, and
  ///     of columns without names the first ones.
  ///   - rows: What a row holds.
  ///   - recipe: What scores are divided by and which are allowed.
  /// - Throws: `InputError` naming the row and what of it can't be used.
  init(
    _ path: String, columns: [String], _ rows: SentenceRecipe.Rows, _ recipe: SentenceRecipe
  ) throws {
    let table = try LabelledTable(path, TableLayout(isRagged: true, columns: columns))
    var choice = ColumnChoice(table, columns)
    switch rows {
    case .ranked:
      var places = [try choice.take(Self.names.first), try choice.take(Self.names.second)]
      if recipe.loss == .triplet {
        places.append(try choice.take(Self.names.negative))
      } else {
        places += choice.rest(named: "negative")
      }
      texts = try table.rows.map { row in
        let needed = recipe.loss == .triplet ? 3 : 2
        return try places.prefix(needed).map(row.text)
          + places.dropFirst(needed).compactMap { try row.optionalText($0) }
      }
    case .scored:
      let places = [try choice.take(Self.names.first), try choice.take(Self.names.second)]
      let score = try choice.take(Self.names.score)
      texts = try table.rows.map { row in try places.map(row.text) }
      targets = try table.rows.map { row in try Self.score(of: row, in: score, recipe) }
    case .labelled:
      let place = try choice.take(Self.names.text)
      let label = try choice.take(Self.names.label)
      texts = try table.rows.map { [try $0.text(place)] }
      let found = try table.rows.map { try $0.text(label) }
      labels = Set(found).sorted()
      guard labels.count > 1 else {
        throw InputError(
          file: path, expected: "texts of two labels or more", found: "only \"\(labels[0])\"")
      }
      let numbers = Dictionary(uniqueKeysWithValues: zip(labels, labels.indices))
      targets = found.map { Float(numbers[$0] ?? 0) }
    }
    try choice.requireAllTaken()
  }

  private static func score(
    of row: TableRow, in column: String, _ recipe: SentenceRecipe
  ) throws -> Float {
    let score = Float(try row.number(column) / recipe.scoreScale)
    switch recipe.loss {
    case .contrastive, .onlineContrastive:
      guard score == 0 || score == 1 else { throw row.failure("0 or 1", in: column) }
    case .cosine:
      guard -1...1 ~= score else {
        throw row.failure("a score of −1 to 1 once divided by model.scoreScale", in: column)
      }
    default: break
    }
    return score
  }
}

/// Which columns of a table have which role.
private struct ColumnChoice {
  private let table: LabelledTable
  private var given: ArraySlice<String>
  private let isGiven: Bool
  private var taken = 0

  init(_ table: LabelledTable, _ columns: [String]) {
    self.table = table
    given = columns[...]
    isGiven = !columns.isEmpty
  }

  /// The next column of the user's, or the first of the customary names that the table has, or the
  /// next number.
  mutating func take(_ names: [String]) throws -> String {
    taken += 1
    if isGiven {
      guard let column = given.popFirst() else {
        throw InputError(
          file: table.name, expected: "a column \(names[0]) beside those given", found: "none")
      }
      return column
    }
    guard isNamed else { return "\(taken)" }
    guard let name = names.first(where: has) else {
      throw InputError(
        file: table.name, row: table.columnNames == nil ? table.rows[0].row : nil,
        expected: "a column of \(names.joined(separator: ", "))",
        found: table.format.hasNamedColumns
          ? (table.columnNames ?? table.rows[0].keys).joined(separator: ", ")
          : "\(table.format.rawValue), no named columns")
    }
    return name
  }

  /// All columns that are left: the user's, those of this name with and without a number, or those of
  /// higher numbers.
  mutating func rest(named name: String) -> [String] {
    if isGiven {
      defer { given = [] }
      return Array(given)
    }
    guard !isNamed else {
      // The first object may have fewer than those behind it.
      let keys = table.rows.reduce(into: Set<String>()) { $0.formUnion($1.keys) }
      let present = table.columnNames.map { Set($0) } ?? keys
      let numbered = (1...Self.mostNegatives).flatMap { ["\(name)\($0)", "\(name)_\($0)"] }
      return ([name] + numbered).filter(present.contains)
    }
    let most = table.rows.map(\.count).max() ?? taken
    return most > taken ? (taken + 1...most).map { "\($0)" } : []
  }

  /// - Throws: `InputError` where the user gave more columns than a row has roles.
  func requireAllTaken() throws {
    guard given.isEmpty else {
      throw InputError(
        file: table.name, expected: "\(taken) columns", found: "\(taken + given.count)")
    }
  }

  private static let mostNegatives = 64

  private var isNamed: Bool { table.format == .json || table.columnNames != nil }

  /// Whether the table has a column; of JSON, its first row.
  private func has(_ name: String) -> Bool {
    if let names = table.columnNames { return names.contains(name) }
    return (try? table.rows[0].optionalText(name)) != nil
  }
}
