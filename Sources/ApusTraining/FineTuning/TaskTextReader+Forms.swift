import ApusText

extension TaskTextReader {
  /// The context and choices of a row.
  func choice(_ row: TableRow) throws -> MultipleChoice {
    let choices = task.columns["choices"]?.split(separator: ",").map {
      String($0.drop(while: \.isWhitespace))
    }
    return try MultipleChoice(
      row,
      MultipleChoice.Columns(
        context: column("context"), choices: choices ?? ["choices"],
        answer: needsTargets ? column("label") : nil))
  }

  /// The sentences of lines of JSON, whose words are to be tagged.
  func words(_ path: String) throws -> [TaskText] {
    try LabelledTable(path, TableLayout(format: .json)).rows.map { row in
      TaskText(
        .words(try row.texts("words")), id: try row.optionalText("id") ?? "\(row.row)",
        file: row.file, row: row.row)
    }
  }

  /// The questions of a file: SQuAD's, or those of a table.
  func questions(_ path: String) throws -> [TaskText] {
    var columns: SpanQuestions.Columns?
    if !task.columns.isEmpty {
      columns = SpanQuestions.Columns(
        question: task.columns["text"] ?? "question", context: column("context"),
        answers: task.columns["label"] ?? "answers", start: task.columns["start"],
        id: task.columns["id"])
    }
    let file = try SpanQuestions(
      path, columns: columns, layout: layout, needsAnswers: needsTargets)
    return file.questions.map { question in
      TaskText(
        .question(question.text, context: question.context),
        needsTargets ? .answers(question.answers) : .none, id: question.id, file: file.name,
        row: question.row)
    }
  }
}
