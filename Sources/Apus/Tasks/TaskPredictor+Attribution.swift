import ApusFiles
import ApusModels
import ApusText
import ApusTraining

extension TaskPredictor {
  /// What the tokens of a text or pair have to do with a class or label.
  ///
  /// - Parameters:
  ///   - text: A text or pair; the two of a pair are shown on lines of their own.
  ///   - label: One of the task's; nil takes the class that the text gets, or its most probable label.
  ///   - stepCount: The more steps, the closer scores come to adding up to what the text changes.
  /// - Returns: The tokens that are read of the texts with a score each.
  /// - Throws: `InputError` for a label that is none of the task's, a task without classes or labels, or
  ///   an encoder that is no Transformer.
  public func attribution(
    of text: TaskText, to label: String? = nil, stepCount: Int = 64
  ) throws -> AttributionPage.Entry {
    guard case .text(let first, let second) = text.content else {
      throw InputError(
        expected: "a task about one text or pair for attribution", found: task.kind.rawValue)
    }
    let probabilities: [Float]
    var number: Int
    switch try answers(to: [text])[0] {
    case .label(let found, let row): (number, probabilities) = (found, row)
    case .labels(let row):
      probabilities = row
      number = row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 }
    default:
      throw InputError(
        expected: "a task of classes or labels for attribution", found: task.kind.rawValue)
    }
    if let label {
      guard let index = task.labels.firstIndex(of: label) else {
        throw InputError(
          expected: "one of the labels \(task.labels.joined(separator: ", "))",
          found: "\"\(label)\"")
      }
      number = index
    }
    let attribution = try model.attribution(
      of: model.input(first, second), to: number, stepCount: stepCount)
    let places = model.reader?.places(first, second) ?? []
    return AttributionPage.Entry(
      text: second.map { "\(first)\n\($0)" } ?? first, label: task.labels[number],
      probability: probabilities[number],
      tokens: zip(places, attribution.scores).filter { !$0.0.isEmpty }.map { ($0, $1) },
      error: attribution.error, difference: attribution.output - attribution.baselineOutput)
  }
}

extension PassageReader {
  /// Where each token that is read of a text or pair stands in the two with a line's end between them,
  /// in UTF-8 bytes; special tokens are nowhere.
  fileprivate func places(_ first: String, _ second: String?) -> [Range<Int>] {
    let limit = Truncation(maximumLength: maximumLength)
    let behind = first.utf8.count + 1
    func shifted(_ range: Range<Int>) -> Range<Int> {
      range.isEmpty ? range : range.lowerBound + behind..<range.upperBound + behind
    }
    guard let second else { return windows(of: first, nil, limit: limit)[0].offsets }
    guard joinsPairs else {
      return windows(of: first, nil, limit: limit)[0].offsets
        + windows(of: second, nil, limit: limit)[0].offsets.map(shifted)
    }
    let encoding = windows(of: first, second, limit: limit)[0]
    let start = passage(of: encoding).secondStart ?? encoding.ids.count
    return encoding.offsets.enumerated().map { $0 < start ? $1 : shifted($1) }
  }
}
