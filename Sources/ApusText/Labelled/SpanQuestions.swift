import ApusFiles

/// Questions about texts whose answers are spans of them.
///
/// - Source: Rajpurkar et al. 2016 (SQuAD 1.1) and 2018 (2.0, with questions that have no answer).
public struct SpanQuestions: Sendable {
  public struct Answer: Sendable, Hashable {
    public var text: String
    /// Where the answer stands in the context, in UTF-8 bytes.
    public var range: Range<Int>
  }

  public struct Question: Sendable, Hashable {
    public var id: String
    public var text: String
    public var context: String
    /// What people answered; empty for a question without an answer, and where none are given.
    public var answers: [Answer]
    /// Whether the context holds no answer.
    public var isImpossible: Bool
  }

  public let name: String
  public private(set) var questions: [Question] = []
  /// Whether some question has no answer, as in version 2.0.
  public var hasImpossible: Bool { questions.contains(where: \.isImpossible) }

  /// Files that are read at once are at most this long; SQuAD has 42 MB.
  private static let longestFile = 1 << 28

  /// Reads SQuAD's JSON, or JSON lines with `id`, `question`, `context` and `answers` (of `text` and
  /// `answer_start`, both arrays), as Hugging Face's `datasets` writes them.
  ///
  /// - Parameters:
  ///   - path: A file, gzip or not, or `-` for standard input.
  ///   - needsAnswers: Whether a question must have answers or say that there are none.
  /// - Throws: `FileError`; `InputError` naming the question whose answer does not stand where it
  ///   says, and of two questions with one id the second.
  public init(_ path: String, needsAnswers: Bool = true) throws {
    if LineEncoding.isJSONLines(path) {
      var lines = try TextLines(path, encoding: .utf8)
      name = lines.name
      while let line = try lines.next() {
        guard !line.allSatisfy(\.isWhitespace) else { continue }
        do {
          let object = try Self.parsed(line, file: name)
          let context = Context(try object["context"].string())
          questions.append(try Self.question(object, context, needsAnswers: needsAnswers))
        } catch var error as InputError {
          error.row = lines.row
          throw error
        }
      }
    } else {
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
    }
    try requireUniqueIDs()
  }

  private func requireUniqueIDs() throws {
    guard !questions.isEmpty else {
      throw InputError(file: name, expected: "questions", found: "none")
    }
    var seen: Set<String> = []
    for question in questions where !seen.insert(question.id).inserted {
      throw InputError(
        file: name, expected: "an id of its own for each question",
        found: "\"\(question.id)\" twice"
      )
    }
  }

  private static func question(
    _ json: JSONField, _ context: Context, needsAnswers: Bool
  ) throws -> Question {
    let id = try json["id"].string()
    let text = try json["question"].string()
    guard text.contains(where: { !$0.isWhitespace }) else {
      throw json["question"].error(expected: "a question")
    }
    // Version 1.1 does not say; objects of `datasets` have none where there is no answer.
    var isImpossible = try json["is_impossible"].bool(default: false)
    var answers: [Answer] = []
    if !isImpossible, !json["answers"].isNull {
      if case .object = json["answers"].value {
        let (texts, starts) = (
          try json["answers"]["text"].array(), try json["answers"]["answer_start"].array()
        )
        guard texts.count == starts.count else {
          throw json["answers"]["answer_start"].error(expected: "\(texts.count) numbers")
        }
        answers = try zip(texts, starts).map { try context.answer($0, at: $1, of: id) }
        isImpossible = answers.isEmpty
      } else {
        answers = try json["answers"].array().map {
          try context.answer($0["text"], at: $0["answer_start"], of: id)
        }
      }
    }
    guard !needsAnswers || isImpossible || !answers.isEmpty else {
      throw json["answers"].error(expected: "an answer, or is_impossible,")
    }
    return Question(
      id: id, text: text, context: context.text, answers: answers, isImpossible: isImpossible)
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

  func answer(
    _ text: JSONField, at start: JSONField, of id: String
  ) throws -> SpanQuestions.Answer {
    let answer = try text.string()
    guard !answer.isEmpty else { throw text.error(expected: "an answer to question \(id)") }
    let first = offsets[try start.integer(in: 0...offsets.count - 1)]
    let range = first..<first + answer.utf8.count
    let found = self.text.utf8.dropFirst(first).prefix(answer.utf8.count)
    guard found.elementsEqual(answer.utf8) else {
      throw InputError(
        file: text.file,
        expected: "the answer \"\(answer.prefix(40))\" to question \(id) at \(start.path)",
        found: "\"\(String(decoding: found.prefix(40), as: UTF8.self))\"")
    }
    return SpanQuestions.Answer(text: answer, range: range)
  }
}
