/// A label with the frames that say it.
public struct TimedLabel: Sendable, Hashable {
  public let label: Int32
  /// From its first frame to its last.
  public let frames: ClosedRange<Int>
  /// The highest log-probability of the label at one of these frames.
  public let logProbability: Double

  public init(label: Int32, frames: ClosedRange<Int>, logProbability: Double) {
    self.label = label
    self.frames = frames
    self.logProbability = logProbability
  }
}

/// A word with the frames that say it.
public struct TimedWord: Sendable, Hashable {
  public let text: String
  /// From the first frame of its first label to the last of its last.
  public let frames: ClosedRange<Int>
  /// The geometric mean of the highest probabilities of its labels, 0 to 1.
  public let confidence: Double

  /// The words of labels.
  public static func words(
    of labels: some Sequence<TimedLabel>, _ alphabet: CTCAlphabet
  ) -> [TimedWord] {
    var groups: [[TimedLabel]] = [[]]
    for label in labels {
      if alphabet.roles[Int(label.label)] != .continues { groups.append([]) }
      if alphabet.roles[Int(label.label)] != .parts { groups[groups.count - 1].append(label) }
    }
    return groups.compactMap { group in
      let text = String(
        decoding: group.flatMap { alphabet.letters[Int($0.label)] }, as: UTF8.self)
      guard !text.isEmpty, let first = group.first, let last = group.last else { return nil }
      let mean = group.reduce(0) { $0 + $1.logProbability } / Double(group.count)
      return TimedWord(
        text: text, frames: first.frames.lowerBound...last.frames.upperBound,
        confidence: exponential(mean))
    }
  }
}

/// A reading of an utterance.
public struct CTCHypothesis: Sendable, Hashable {
  /// With their frames, from the first to the last.
  public let labels: [TimedLabel]
  public let words: [TimedWord]
  /// What hypotheses are ordered by, the higher the better: the sum of both others.
  public var score: Double { acousticScore + languageScore }
  /// ln of the sum of the probabilities of the alignments that were followed.
  public let acousticScore: Double
  /// What language model, word count and hot words add.
  public let languageScore: Double

  public var text: String { words.map(\.text).joined(separator: " ") }

  init(
    labels: [TimedLabel], _ alphabet: CTCAlphabet, acousticScore: Double, languageScore: Double = 0
  ) {
    self.labels = labels
    words = TimedWord.words(of: labels, alphabet)
    self.acousticScore = acousticScore
    self.languageScore = languageScore
  }
}
