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
    var words: [TimedWord] = []
    var word = SpelledWord()
    for label in labels {
      let role = alphabet.roles[Int(label.label)]
      if role != .continues, let ended = word.end() { words.append(ended) }
      if role != .parts { word.append(label, alphabet.letters[Int(label.label)]) }
    }
    if let ended = word.end() { words.append(ended) }
    return words
  }
}

/// A word whose labels come one after the other.
private struct SpelledWord {
  private var letters: [UInt8] = []
  private var frames: ClosedRange<Int>?
  private var logProbability = 0.0
  private var labelCount = 0

  mutating func append(_ label: TimedLabel, _ letters: [UInt8]) {
    self.letters += letters
    frames = (frames?.lowerBound ?? label.frames.lowerBound)...label.frames.upperBound
    logProbability += label.logProbability
    labelCount += 1
  }

  /// The word, if it has letters; the next one begins then.
  mutating func end() -> TimedWord? {
    defer {
      letters.removeAll(keepingCapacity: true)
      (frames, logProbability, labelCount) = (nil, 0, 0)
    }
    guard let frames, !letters.isEmpty else { return nil }
    return TimedWord(
      text: String(decoding: letters, as: UTF8.self), frames: frames,
      confidence: exponential(logProbability / Double(labelCount)))
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
