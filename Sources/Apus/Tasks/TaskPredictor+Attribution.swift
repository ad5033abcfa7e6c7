import ApusFiles
import ApusModels
import ApusText
import ApusTraining

extension TaskPredictor {
  /// What the tokens of a text or pair, or the words of a sentence, have to do with an answer.
  ///
  /// Of candidates it is the score of one, to whose tokens and those of the text it is put down.
  ///
  /// - Parameters:
  ///   - text: A text or pair; the two of a pair are shown on lines of their own.
  ///   - label: A label or tag of the task, or the number of a candidate from 0; nil takes what the text
  ///     gets: its class, its most probable label, the tag of the word, the best candidate.
  ///   - word: Whose tag is asked about, from 0; nil for each word with a tag other than O.
  ///   - stepCount: The more steps, the closer scores come to adding up to what the text changes.
  /// - Returns: The tokens that are read of the texts with a score each: one entry, or one for each word
  ///   that is asked about.
  /// - Throws: `InputError` for a label, candidate or word that there is not, for a label of a score, a
  ///   word of a whole text, or a task of answers.
  public func attributions(
    of text: TaskText, to label: String? = nil, atWord word: Int? = nil, stepCount: Int = 64
  ) throws -> [AttributionPage.Entry] {
    guard word == nil || task.kind == .tagging else {
      throw InputError(
        expected: "a task of tagging for a word", found: "\(task.name), of \(task.kind.rawValue)")
    }
    func entry(
      _ first: String, _ second: String?, _ name: String, number: Int = 0, _ probability: Float?
    ) throws -> [AttributionPage.Entry] {
      [
        AttributionPage.Entry(
          text: second.map { "\(first)\n\($0)" } ?? first, label: name, probability: probability,
          model.places(first, second),
          try model.attribution(
            of: model.input(first, second), to: number, stepCount: stepCount))
      ]
    }
    switch (text.content, try answers(to: [text])[0]) {
    case (.text(let first, let second), .label(let found, let row)):
      let number = try label.map(task.labels.number) ?? found
      return try entry(first, second, task.labels[number], number: number, row[number])
    case (.text(let first, let second), .labels(let row)):
      let number = try label.map(task.labels.number) ?? row.firstGreatest
      return try entry(first, second, task.labels[number], number: number, row[number])
    case (.text(let first, let second), .score):
      guard label == nil else {
        throw InputError(
          expected: "a task of classes, candidates or tags for a label",
          found: "\(task.name), of \(task.kind.rawValue)")
      }
      return try entry(first, second, "score", nil)
    case (.candidates(let first, let others), .label(let found, let row)):
      let number = try label.map(others.indices.map { "\($0)" }.number) ?? found
      return try entry(first, others[number], "\(number)", row[number])
    case (.candidates(let first, let others), .scores(let scores)):
      let number = try label.map(others.indices.map { "\($0)" }.number) ?? scores.firstGreatest
      return try entry(first, others[number], "\(number)", nil)
    case (.words(let words), .tags(let tags)):
      let input = model.input(words: words)
      return try AskedTags(tag: label, word: word).entries(
        words, tags.map { task.labels[$0] }, of: task.labels
      ) { tag, word in
        try model.attribution(of: input, to: tag, atWord: word, stepCount: stepCount)
      }
    default:
      throw InputError(
        expected: "a task of classes, scores or tags for attribution",
        found: "\(task.name), of \(task.kind.rawValue)")
    }
  }
}

extension TaskModel {
  /// Where each token or word that is read of a text or pair stands in the two with a line's end
  /// between them, in UTF-8 bytes; special tokens are nowhere.
  func places(_ first: String, _ second: String?) -> [Range<Int>] {
    if let reader { return reader.places(first, second) }
    func words(of text: String) -> [Range<Int>] {
      Self.words(of: text).map { word in
        let start = text.utf8.distance(from: text.startIndex, to: word.startIndex)
        return start..<start + word.utf8.count
      }
    }
    guard let second else { return words(of: first).places() }
    return words(of: first).places() + words(of: second).places(behind: first.utf8.count + 1)
  }
}

extension PassageReader {
  /// Where each token that is read of a text or pair stands in the two with a line's end between them,
  /// in UTF-8 bytes; special tokens are nowhere.
  fileprivate func places(_ first: String, _ second: String?) -> [Range<Int>] {
    let limit = Truncation(maximumLength: maximumLength)
    func offsets(_ text: String) -> [Range<Int>] { windows(of: text, nil, limit: limit)[0].offsets }
    guard let second else { return offsets(first).places() }
    let behind = first.utf8.count + 1
    guard joinsPairs else {
      return offsets(first).places() + offsets(second).places(behind: behind)
    }
    let encoding = windows(of: first, second, limit: limit)[0]
    let start = passage(of: encoding).secondStart ?? encoding.ids.count
    return encoding.offsets.enumerated().map { $0 < start ? $1 : $1.shifted(by: behind) }
  }
}

extension [Range<Int>] {
  /// The places of what is read of a text behind so many bytes; where that is nothing, an empty token or
  /// word is read in its stead.
  fileprivate func places(behind count: Int = 0) -> [Range<Int>] {
    isEmpty ? [0..<0] : map { $0.shifted(by: count) }
  }
}

extension Range<Int> {
  /// Behind so many bytes; what is nowhere stays so.
  fileprivate func shifted(by count: Int) -> Range<Int> {
    isEmpty ? self : lowerBound + count..<upperBound + count
  }
}
