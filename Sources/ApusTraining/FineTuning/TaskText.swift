import ApusFiles
import ApusModels
import ApusText

/// An example of a task as its file has it.
public struct TaskText: Sendable {
  public enum Content: Sendable, Hashable {
    /// A text, or two.
    case text(String, pair: String?)
    /// A text with each of several others.
    case candidates(String, [String])
    case words([String])
    /// What is asked, and the text that may have the answer.
    case question(String, context: String)
  }

  public enum Target: Sendable, Hashable {
    case label(String)
    case labels([String])
    case score(Double)
    case relevances([Double])
    case choice(Int)
    case tags([String])
    /// Parts of the context, any of them right; none where it has no answer.
    case answers([SpanQuestions.Answer])
    case none
  }

  public var content: Content
  public var target: Target
  /// The value of the id column, or the row.
  public var id: String
  public var file: String
  /// The line of the file, where that is known.
  public var row: Int?

  public init(
    _ content: Content, _ target: Target = .none, id: String = "", file: String = "",
    row: Int? = nil
  ) {
    self.content = content
    self.target = target
    self.id = id
    self.file = file
    self.row = row
  }

  /// An error about the example.
  func failure(_ expected: String, found: String) -> InputError {
    InputError(file: file, row: row, expected: expected, found: found)
  }
}

/// Reads the files of a task.
public struct TaskTextReader: Sendable {
  public let task: TaskRecipe
  /// Whether labels must be there; prediction does without them.
  public let needsTargets: Bool

  public init(_ task: TaskRecipe, needsTargets: Bool = true) {
    self.task = task
    self.needsTargets = needsTargets
  }

  /// The examples of a file.
  ///
  /// - Throws: `FileError`; `InputError` naming the row and the value that can't be used.
  public func read(_ path: String) throws -> [TaskText] {
    switch task.kind {
    case .tagging where !needsTargets && LineEncoding.isJSONLines(path): return try words(path)
    case .tagging: return try sentences(path)
    case .classification where isPlain: return try labelledTexts(path)
    case .language: return try lines(path)
    case .answers: return try questions(path)
    default: return try rows(path)
    }
  }

  /// Whether nothing is said of columns, so that any format of labelled texts will do.
  private var isPlain: Bool {
    task.columns.isEmpty && needsTargets
      && (task.format, task.header, task.quoting) == (.automatic, .automatic, .automatic)
  }

  private func labelledTexts(_ path: String) throws -> [TaskText] {
    let texts = try LabelledTexts(path, LabelledLayout(encoding: task.encoding))
    return zip(texts.texts, texts.places).enumerated().map { index, labelled in
      let (text, place) = labelled
      return TaskText(
        .text(text.text, pair: nil), .label(text.label), id: "\(index + 1)", file: place.file,
        row: place.row)
    }
  }

  private func sentences(_ path: String) throws -> [TaskText] {
    func number(_ column: String) throws -> Int? {
      guard let text = task.columns[column] else { return nil }
      guard let number = Int(text), number > 0 else {
        throw InputError(
          expected: "tasks.\(task.name).columns.\(column) to be a number from 1", found: text)
      }
      return number
    }
    let (word, tag) = (try number("word"), try number("tag"))
    let format: TaggedFormat? =
      word == nil && tag == nil ? nil : .columns(word: word ?? 1, tag: tag ?? -1)
    let corpus = try TaggedCorpus(contentsOf: path, as: format)
    // Where some tags say entities all must, which this checks.
    _ = try corpus.hasEntities()
    return corpus.sentences.map { sentence in
      TaskText(
        .words(sentence.words), .tags(sentence.tags), id: "\(sentence.rows.first ?? 0)", file: path,
        row: sentence.rows.first ?? 0)
    }
  }

  private func lines(_ path: String) throws -> [TaskText] {
    var lines = try TextLines(path, key: LineEncoding.isJSONLines(path) ? "text" : nil)
    var texts: [TaskText] = []
    while let line = try lines.next() {
      guard line.contains(where: { !$0.isWhitespace }) else { continue }
      texts.append(
        TaskText(
          .text(line, pair: nil), id: "\(lines.row)", file: lines.name, row: lines.row))
    }
    guard !texts.isEmpty else {
      throw InputError(file: lines.name, expected: "lines of text", found: "none")
    }
    return texts
  }

  private func rows(_ path: String) throws -> [TaskText] {
    var layout = layout
    let needed = ["text", "pair", "context", "query", "id"] + (needsTargets ? ["label"] : [])
    layout.columns = needed.compactMap { task.columns[$0] }
    let table = try LabelledTable(path, layout)
    if let id = task.columns["id"], task.kind != .ranking { try table.requireUnique(id) }
    if task.kind == .ranking { return try queries(table) }
    return try table.rows.compactMap { row -> TaskText? in
      if try isTorn(row) { return nil }
      return TaskText(
        try content(row), needsTargets ? try target(row) : .none,
        id: try id(of: row), file: row.file, row: row.row)
    }
  }

  func column(_ name: String) -> String { task.columns[name] ?? name }

  /// What names a row: its id, of texts without targets also the value of a key `id`, or else its line.
  private func id(of row: TableRow) throws -> String {
    if let column = task.columns["id"] { return try row.text(column) }
    let id = needsTargets ? nil : try row.optionalText("id")
    return id ?? "\(row.row)"
  }

  /// How the tables of the task are written.
  public var layout: TableLayout {
    TableLayout(
      format: task.format, header: task.header, quoting: task.quoting, encoding: task.encoding,
      isRagged: task.glue?.hasTornRows ?? false)
  }

  /// Whether a row of a published file lacks what others have.
  private func isTorn(_ row: TableRow) throws -> Bool {
    guard needsTargets, layout.isRagged else { return false }
    return try task.columns.values.contains { try row.optionalText($0) == nil }
  }

  private func content(_ row: TableRow) throws -> TaskText.Content {
    if task.kind == .choice {
      let choice = try choice(row)
      return .candidates(choice.context, choice.choices)
    }
    return .text(
      try row.nonEmptyString(column("text")),
      pair: try task.columns["pair"].map { try row.nonEmptyString($0) })
  }

  private func target(_ row: TableRow) throws -> TaskText.Target {
    let column = column("label")
    switch task.kind {
    case .classification: return .label(try row.text(column))
    case .multilabel: return .labels(try row.texts(column, separator: ","))
    case .similarity: return .score(try row.number(column))
    case .choice:
      guard let answer = try choice(row).answer else {
        throw row.failure("the right choice", in: column)
      }
      return .choice(answer)
    case .ranking, .tagging, .answers, .language: return .none
    }
  }

  /// The rows of each query together, in the order of the first of each.
  private func queries(_ table: LabelledTable) throws -> [TaskText] {
    var places: [String: Int] = [:]
    var texts: [TaskText] = []
    var candidates: [[String]] = []
    var relevances: [[Double]] = []
    for row in table.rows {
      let named =
        try task.columns["query"].map { try row.text($0) }
        ?? (needsTargets ? nil : try row.optionalText("query"))
      let text = try row.optionalText(column("text")) ?? named ?? row.text(column("text"))
      let query = named ?? text
      let place = places[query] ?? texts.count
      if place == texts.count {
        places[query] = place
        texts.append(
          TaskText(
            .text(text, pair: nil), id: query, file: row.file, row: row.row))
        candidates.append([])
        relevances.append([])
      }
      candidates[place].append(try row.nonEmptyString(column("pair")))
      guard needsTargets else { continue }
      let relevance = try row.number(column("label"))
      guard relevance >= 0 else {
        throw row.failure("a relevance of 0 or more", in: column("label"))
      }
      relevances[place].append(relevance)
    }
    for index in texts.indices {
      guard case .text(let text, _) = texts[index].content else { continue }
      texts[index].content = .candidates(text, candidates[index])
      if needsTargets { texts[index].target = .relevances(relevances[index]) }
    }
    return texts
  }
}
