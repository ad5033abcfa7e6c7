import ApusModels
import ApusText

extension TaskRecipe {
  /// The files of the task: those to learn from first.
  public var files: [String] { [data, validation, test].compactMap(\.self) }

  /// What the task's files are: labels, lengths, texts that stand twice.
  ///
  /// - Parameters:
  ///   - tokenizer: What lengths are counted with; nil counts bytes.
  ///   - limit: The tokens that texts are cut to.
  /// - Returns: Those of each file, and what files have in common.
  /// - Throws: `FileError`; `InputError` for the first row that can't be learnt from.
  public func statistics(tokenizer: Tokenizer? = nil, limit: Int = .max) throws -> TableStatistics {
    let reader = TaskTextReader(self)
    return TableStatistics(
      of: try files.map { (name: $0, entries: try reader.read($0).map(\.entry)) },
      areScores: kind == .similarity, tokenizer: tokenizer, limit: limit)
  }
}

extension TaskText {
  fileprivate var entry: TableStatistics.Entry {
    let texts: [String] =
      switch content {
      case .text(let text, let pair): [text] + (pair.map { [$0] } ?? [])
      case .candidates(let text, let others): [text] + others
      case .words(let words): [words.joined(separator: " ")]
      case .question(let question, let context): [question, context]
      }
    let labels: [String] =
      switch target {
      case .label(let label): [label]
      case .labels(let labels): labels
      case .score(let score): ["\(score)"]
      case .choice(let number): ["\(number)"]
      case .tags(let tags): tags
      case .relevances, .answers, .none: []
      }
    return TableStatistics.Entry(
      place: Corpus.Place(file: file, row: row ?? Int(id) ?? 0), texts: texts, labels: labels)
  }
}
