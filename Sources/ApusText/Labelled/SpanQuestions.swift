import ApusFiles

/// Questions about texts whose answers are spans of them.
///
/// - Source: Rajpurkar et al. 2016 (SQuAD 1.1) and 2018 (2.0, with questions that have no answer).
public struct SpanQuestions: Sendable {
  public struct Answer: Sendable, Hashable {
    public var text: String
    /// Where the answer stands in the context, in UTF-8 bytes.
    public var range: Range<Int>

    public init(text: String, range: Range<Int>) {
      self.text = text
      self.range = range
    }
  }

  public struct Question: Sendable, Hashable {
    public var id: String
    public var text: String
    public var context: String
    /// What people answered; empty for a question without an answer, and where none are given.
    public var answers: [Answer]
    /// Whether the context holds no answer.
    public var isImpossible: Bool
    /// The line of the file; nil in SQuAD's JSON, where an id names the question.
    public var row: Int?
  }

  /// Which columns of a table hold what, by name or number from 1; keys of JSON lines.
  public struct Columns: Sendable {
    public var question: String
    public var context: String
    /// What is right; empty where there is no answer.
    ///
    /// Answers are those of `datasets`, an object of `text` and `answer_start`, or the text of one
    /// answer, which stands once in the context.
    public var answers: String
    /// Where the text of an answer begins, in characters from 0; nil where it can't be mistaken.
    public var start: String?
    /// Nil takes the column `id` if there is one, or the row.
    public var id: String?

    public init(
      question: String = "question", context: String = "context", answers: String = "answers",
      start: String? = nil, id: String? = nil
    ) {
      self.question = question
      self.context = context
      self.answers = answers
      self.start = start
      self.id = id
    }
  }

  public let name: String
  public private(set) var questions: [Question] = []

  /// Files that are read at once are at most this long; SQuAD has 42 MB.
  private static let longestFile = 1 << 28

  /// Reads SQuAD's JSON, or a table with a question a row: CSV, TSV or JSON lines.
  ///
  /// - Parameters:
  ///   - path: A file, gzip or not, or `-` for a table from standard input.
  ///   - columns: Those of a table; nil takes a file whose name ends on `.json` as SQuAD's, and the
  ///     names of Hugging Face's `datasets` for any other.
  ///   - layout: How a table is written; its columns are those above.
  ///   - needsAnswers: Whether a question must have answers or say that there are none.
  /// - Throws: `FileError`; `InputError` naming the question whose answer does not stand where it
  ///   says, and of two questions with one id the second.
  public init(
    _ path: String, columns: Columns? = nil, layout: TableLayout = TableLayout(),
    needsAnswers: Bool = true
  ) throws {
    if columns == nil, layout.format == .automatic, Self.isJSON(path) {
      let (text, file) = try Self.contents(of: path)
      name = file
      for article in try Self.parsed(text, file: file)["data"].array() {
        for paragraph in try article["paragraphs"].array() {
          let context = Context(try paragraph["context"].string())
          for question in try paragraph["qas"].array() {
            questions.append(try Self.question(question, context, needsAnswers: needsAnswers))
          }
        }
      }
    } else {
      let columns = columns ?? Columns()
      var layout = layout
      layout.columns = [columns.question, columns.context, columns.id].compactMap(\.self)
      if needsAnswers { layout.columns += [columns.answers, columns.start].compactMap(\.self) }
      let table = try LabelledTable(path, layout)
      name = table.name
      for row in table.rows {
        questions.append(try Self.question(row, columns, needsAnswers: needsAnswers))
      }
    }
    try requireUniqueIDs()
  }

  /// Whether a file is one value of JSON, by its name.
  public static func isJSON(_ path: String) -> Bool {
    path.hasSuffix(".json") || path.hasSuffix(".json.gz")
  }

  private func requireUniqueIDs() throws {
    guard !questions.isEmpty else {
      throw InputError(file: name, expected: "questions", found: "none")
    }
    var seen: Set<String> = []
    for question in questions where !seen.insert(question.id).inserted {
      throw InputError(
        file: name, row: question.row, expected: "an id of its own for each question",
        found: "\"\(question.id)\" twice")
    }
  }

  /// A question of SQuAD's JSON.
  private static func question(
    _ json: JSONField, _ context: Context, needsAnswers: Bool
  ) throws -> Question {
    let id = try json["id"].string()
    let text = try json["question"].string()
    guard text.contains(where: { !$0.isWhitespace }) else {
      throw json["question"].error(expected: "a question")
    }
    // Version 1.1 does not say.
    let isImpossible = try json["is_impossible"].bool(default: false)
    let answers =
      isImpossible || json["answers"].isNull
      ? [] : try context.answers(json["answers"], to: id)
    guard !needsAnswers || isImpossible || !answers.isEmpty else {
      throw json["answers"].error(expected: "an answer, or is_impossible,")
    }
    return Question(
      id: id, text: text, context: context.text, answers: answers, isImpossible: isImpossible)
  }

  /// A question of a table.
  private static func question(
    _ row: TableRow, _ columns: Columns, needsAnswers: Bool
  ) throws -> Question {
    let context = Context(try row.text(columns.context))
    let text = try row.text(columns.question)
    let id = try columns.id.map(row.text) ?? row.optionalText("id") ?? "\(row.row)"
    if needsAnswers { try row.requireColumn(columns.answers) }
    var answers: [Answer] = []
    if needsAnswers, let value = try row.json(columns.answers) {
      if case .string(let text) = value.value {
        answers = [try context.answer(text, columns, in: row)]
      } else {
        do {
          answers = try context.answers(value, to: id)
        } catch var error as InputError {
          error.row = row.row
          throw error
        }
      }
    }
    return Question(
      id: id, text: text, context: context.text, answers: answers,
      isImpossible: needsAnswers && answers.isEmpty, row: row.row)
  }

  private static func parsed(_ text: String, file: String) throws -> JSONField {
    var text = text
    return JSONField(try text.withUTF8 { try JSONValue(parsing: $0, file: file) }, file: file)
  }

  private static func contents(of path: String) throws -> (text: String, file: String) {
    let source = try ByteReader(path)
    var bytes: [UInt8] = []
    try withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 16) { chunk in
      while true {
        let count = try source.read(into: chunk)
        guard count > 0 else { return }
        bytes.append(contentsOf: chunk[..<count])
        guard bytes.count <= longestFile else {
          throw InputError(
            file: source.name, expected: "at most \(longestFile) bytes of JSON", found: "more")
        }
      }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw InputError(file: source.name, expected: "UTF-8", found: "other bytes")
    }
    return (text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text, source.name)
  }
}

/// A text whose places are told in characters of Unicode, as Python counts them.
private struct Context {
  let text: String
  /// The first byte of each character, and the count of bytes at the end.
  private let offsets: [Int]

  init(_ text: String) {
    self.text = text
    offsets = text.unicodeScalars.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.utf8.count) }
  }

  /// Answers of JSON: an array of objects, or one of arrays as `datasets` has them.
  func answers(_ json: JSONField, to id: String) throws -> [SpanQuestions.Answer] {
    guard case .object = json.value else {
      return try json.array().map { try answer($0["text"], at: $0["answer_start"], to: id) }
    }
    let (texts, starts) = (try json["text"].elements(), try json["answer_start"].elements())
    guard texts.count == starts.count else {
      throw json["answer_start"].error(expected: "\(texts.count) numbers")
    }
    return try zip(texts, starts).map { try answer($0, at: $1, to: id) }
  }

  private func answer(
    _ text: JSONField, at start: JSONField, to id: String
  ) throws -> SpanQuestions.Answer {
    let answer = try text.string()
    guard !answer.isEmpty else { throw text.error(expected: "an answer to question \(id)") }
    let range = range(of: answer, from: try start.integer(in: 0...offsets.count - 1))
    let found = words(in: range)
    guard found == answer else {
      throw InputError(
        file: text.file,
        expected: "the answer \"\(answer.prefix(40))\" to question \(id) at \(start.path)",
        found: "\"\(found.prefix(40))\"")
    }
    return SpanQuestions.Answer(text: answer, range: range)
  }

  /// The answer of a table's row, given as its text.
  func answer(
    _ answer: String, _ columns: SpanQuestions.Columns, in row: TableRow
  ) throws -> SpanQuestions.Answer {
    guard let column = columns.start else {
      let places = places(of: answer)
      guard places.count == 1 else {
        throw row.failure(
          "a text that stands once in the context", in: columns.answers,
          found: "\"\(answer.prefix(40))\", which is there \(places.count) times")
      }
      return SpanQuestions.Answer(
        text: answer, range: places[0]..<places[0] + answer.utf8.count)
    }
    guard let start = Int(exactly: try row.number(column)), offsets.indices.contains(start) else {
      throw row.failure("a whole number from 0 to \(offsets.count - 1)", in: column)
    }
    let range = range(of: answer, from: start)
    guard words(in: range) == answer else {
      throw row.failure(
        "the text of the context from \(start) on", in: columns.answers,
        found: "\"\(answer.prefix(40))\" where \"\(words(in: range).prefix(40))\" stands")
    }
    return SpanQuestions.Answer(text: answer, range: range)
  }

  /// The bytes that a text would take from a character on.
  private func range(of text: String, from start: Int) -> Range<Int> {
    offsets[start]..<offsets[start] + text.utf8.count
  }

  private func words(in range: Range<Int>) -> String {
    String(decoding: text.utf8.dropFirst(range.lowerBound).prefix(range.count), as: UTF8.self)
  }

  /// The bytes that a text begins at: where it stands between words, or else within them.
  private func places(of answer: String) -> [Int] {
    let (scalars, wanted) = (Array(text.unicodeScalars), Array(answer.unicodeScalars))
    func isWord(_ place: Int) -> Bool {
      scalars.indices.contains(place)
        && (scalars[place].properties.isAlphabetic || scalars[place].properties.numericType != nil)
    }
    let all = scalars.indices.filter {
      scalars[$0] == wanted[0] && scalars[$0...].starts(with: wanted)
    }
    let whole = all.filter { !isWord($0 - 1) && !isWord($0 + wanted.count) }
    return (whole.isEmpty ? all : whole).map { offsets[$0] }
  }
}

extension JSONField {
  /// The elements of an array, or the value itself.
  fileprivate func elements() throws -> [JSONField] {
    guard case .array = value else { return [self] }
    return try array()
  }
}
