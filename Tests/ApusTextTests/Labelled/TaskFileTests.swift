import ApusFiles
import ApusText
import Testing

/// Files of tasks in the forms that they were published in.
@Suite struct TaskFileTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func message(_ body: () throws -> Void) -> String {
    let error = #expect(throws: InputError.self) { try body() }
    return error?.description.replacing("\(directory.path)/", with: "") ?? ""
  }

  @Test func tasksOfGLUEHaveManySpellings() {
    #expect(GLUETask(named: "SST2") == .sst2 && GLUETask(named: "STS_B") == .stsb)
    #expect(GLUETask(named: "snli") == nil)
  }

  @Test func answersStandWhereTheySay() throws {
    // Python's len("Café «Öl» costs 5 €.") and its find of the answers.
    let file = try directory.write(
      """
      {"version": "v2.0", "data": [{"title": "t", "paragraphs": [{"context": "Café «Öl» costs 5 €.",
      "qas": [
        {"id": "a", "question": "Which?", "is_impossible": false,
         "answers": [{"text": "Öl", "answer_start": 6}, {"text": "5 €", "answer_start": 16}]},
        {"id": "b", "question": "Why?", "is_impossible": true, "answers": [],
         "plausible_answers": [{"text": "Öl", "answer_start": 6}]}]}]}]}
      """, to: "squad.json")
    let questions = try SpanQuestions(file)
    #expect(questions.questions.map(\.id) == ["a", "b"])
    #expect(questions.questions.map(\.isImpossible) == [false, true])
    #expect(questions.questions[0].answers.map(\.range) == [8..<10 + 1, 20..<25])
    #expect(questions.questions[1].answers.isEmpty)
    let lines = try SpanQuestions(
      try directory.write(
        """
        {"id": "1", "question": "Who?", "context": "She did.", "answers": {"text": ["She"], "answer_start": [0]}}
        {"id": "2", "question": "Who?", "context": "She did.", "answers": {"text": [], "answer_start": []}}
        """, to: "squad.jsonl"))
    #expect(lines.questions.map(\.answers.count) == [1, 0])
    #expect(lines.questions.map(\.isImpossible) == [false, true])
  }

  @Test(arguments: [
    (
      #""answers": [{"text": "did", "answer_start": 3}]"#,
      "q.json: expected the answer \"did\" to question 1 at data[0].paragraphs[0].qas[0].answers[0]"
        + ".answer_start, got \" di\""
    ),
    (
      #""answers": [{"text": "did", "answer_start": 99}]"#,
      "q.json: expected an integer from 0 to 8"
    ),
    (#""answers": []"#, "q.json: expected an answer, or is_impossible, at"),
    (#""answers": [{"answer_start": 0}]"#, "q.json: expected a string at"),
  ])
  func refusesAnswersThatAreNone(_ answers: String, _ expected: String) throws {
    let file = try directory.write(
      """
      {"data": [{"paragraphs": [{"context": "She did.", "qas": [{"id": "1", "question": "Who?",
      \(answers)}]}]}]}
      """, to: "q.json")
    let message = message { _ = try SpanQuestions(file) }
    #expect(message.hasPrefix(expected), "\(message)")
  }

  @Test func refusesQuestionsOfOneID() throws {
    let line =
      #"{"id": "1", "question": "Who?", "context": "She", "answers": {"text": ["She"], "answer_start": [0]}}"#
    let file = try directory.write("\(line)\n\(line)\n", to: "q.jsonl")
    #expect(
      message { _ = try SpanQuestions(file) }
        == "q.jsonl:2: expected an id of its own for each question, got \"1\" twice")
  }

  @Test func choicesAreNumbersLettersOrTexts() throws {
    let file = try directory.write(
      """
      {"context": "It rains.", "choices": ["wet", "dry"], "label": 1}
      {"context": "It rains.", "choices": ["wet", "dry"], "label": "A"}
      {"context": "It rains.", "choices": ["wet", "dry"], "label": "dry"}
      {"context": "It rains.", "choices": ["wet", "dry"]}
      {"context": "It rains.", "choices": ["wet", "dry"], "label": 2}
      {"context": "It rains.", "choices": ["wet"], "label": 0}

      """, to: "a.jsonl")
    let rows = try LabelledTable(file).rows
    #expect(try rows.prefix(4).map { try MultipleChoice($0).answer } == [1, 0, 1, nil])
    #expect(
      message { _ = try MultipleChoice(rows[4]) }
        == "a.jsonl:5: expected a number from 0 to 1, a letter from A, or a choice in column \"label\""
        + ", got 2")
    #expect(
      message { _ = try MultipleChoice(rows[5]) }
        == "a.jsonl:6: expected two choices or more in column \"choices\", got 1")
    let endings = try LabelledTable(
      try directory.write("sent1,ending0,ending1,label\nHe,runs,\"sits, still\",1\n", to: "s.csv"),
      TableLayout(header: .present))
    let choice = try MultipleChoice(
      endings.rows[0],
      MultipleChoice.Columns(context: "sent1", choices: ["ending0", "ending1"]))
    #expect(choice.choices == ["runs", "sits, still"] && choice.answer == 1)
  }
}
