import ApusFiles
import ApusModels
import ApusText

/// The labels of a task, as its recipe or its training data name them.
struct TaskLabels {
  let names: [String]
  /// The scheme of tags of entities.
  let scheme: TagScheme?
  /// Whether some questions have no answer.
  let leavesUnanswered: Bool

  /// - Throws: `InputError` naming the row of a label that the recipe does not name, or for texts of
  ///   only one class.
  init(_ task: TaskRecipe, of texts: [TaskText]) throws {
    var found: [String: Int] = [:]
    var scheme: TagScheme?
    switch task.kind {
    case .tagging:
      let tags = Set(texts.flatMap { $0.target.tags })
      let areEntities =
        tags.contains { $0 != TagScheme.outside } && tags.allSatisfy(TagScheme.isTag)
      scheme = areEntities ? task.scheme : nil
    default: break
    }
    for text in texts {
      for label in text.target.names(in: scheme) {
        guard task.labels.isEmpty || task.labels.contains(label) else {
          throw text.failure(
            "one of the labels \(shortList(task.labels))", found: "\"\(label.prefix(60))\"")
        }
        found[label, default: 0] += 1
      }
    }
    self.scheme = scheme
    leavesUnanswered = texts.contains { $0.target == .answers([]) }
    names =
      task.labels.isEmpty
      ? task.kind == .tagging
        ? found.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
        : found.keys.sorted()
      : task.labels
    // Tags and labels that are the same everywhere say nothing, as only one class does.
    let isVaried =
      task.kind == .multilabel ? Set(texts.map { Set($0.target.given) }).count > 1 : found.count > 1
    guard ![.classification, .tagging, .multilabel].contains(task.kind) || isVaried else {
      throw InputError(
        file: texts.first?.file, expected: "texts of two labels or more for task \(task.name)",
        found: "only \(found.keys.sorted().map { "\"\($0)\"" }.joined(separator: " and "))")
    }
  }
}

extension TaskText.Content {
  fileprivate var name: String {
    switch self {
    case .text(_, let pair): pair == nil ? "a text" : "a pair"
    case .candidates: "candidates"
    case .words: "words"
    case .question: "a question"
    }
  }
}

extension TaskText.Target {
  fileprivate var tags: [String] {
    if case .tags(let tags) = self { return tags }
    return []
  }

  fileprivate var given: [String] {
    if case .labels(let labels) = self { return labels }
    return []
  }

  /// The labels that are named, tags in a scheme.
  fileprivate func names(in scheme: TagScheme?) -> [String] {
    switch self {
    case .label(let label): [label]
    case .labels(let labels): labels
    case .tags(let tags): scheme?.converted(tags) ?? tags
    default: []
    }
  }
}

extension TaskModel {
  /// Texts as the model takes them, with targets in its numbers.
  ///
  /// - Throws: `InputError` naming the row of a label that the model does not know.
  public func examples(_ texts: [TaskText]) throws -> [TaskExample] {
    let numbers = Dictionary(uniqueKeysWithValues: zip(config.labels, config.labels.indices))
    return try texts.map { text in
      try require(text)
      let inputs: [Input]
      switch text.content {
      case .text(let text, let pair): inputs = [input(text, pair)]
      case .candidates(let text, let others): inputs = others.map { input(text, $0) }
      case .words(let words): inputs = [input(words: words)]
      case .question(let question, let context):
        return try example(text, asking: question, about: context)
      }
      return TaskExample(inputs, try target(text, numbers), id: text.id)
    }
  }

  /// Refuses content that the task is not about.
  private func require(_ text: TaskText) throws(InputError) {
    switch (text.content, config.kind) {
    case (.words, .tagging), (.candidates, .ranking), (.candidates, .choice), (.question, .answers):
      return
    case (.text(_, let pair), let kind)
    where ![.tagging, .answers].contains(kind) && (pair != nil) == config.isPair:
      return
    case (let content, _):
      throw text.failure(
        "what task \(config.name) is about, \(config.isPair ? "pairs" : "texts") for "
          + config.kind.rawValue, found: content.name)
    }
  }

  private func target(_ text: TaskText, _ numbers: [String: Int]) throws -> TaskTarget {
    func number(_ label: String) throws -> Int {
      guard let number = numbers[label] else {
        throw text.failure(
          "one of the labels \(shortList(config.labels)) of task \(config.name)",
          found: "\"\(label.prefix(60))\"")
      }
      return number
    }
    switch text.target {
    case .label(let label): return .label(try number(label))
    case .labels(let labels):
      let given = Set(try labels.map(number))
      return .labels(config.labels.indices.map(given.contains))
    case .score(let score): return .score(Float(score))
    case .relevances(let values): return .relevances(values.map { Float($0) })
    case .choice(let number): return .label(number)
    case .tags(let tags):
      // A tag that only the validation data have can't be predicted, and counts as wrong.
      let tags = config.scheme?.converted(tags) ?? tags
      return .tags(tags.map { numbers[$0].map { Int32($0) } })
    case .answers, .none: return .text
    }
  }
}
