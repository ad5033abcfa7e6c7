/// What was said in audio, word by word.
public struct Transcript: Sendable, Hashable {
  public struct Word: Sendable, Hashable {
    public var text: String
    /// When the word begins and ends, in seconds from the beginning of the audio.
    public var start, end: Double
    /// How sure the network was of the word's symbols, from 0 to 1.
    public var confidence: Double

    public init(text: String, start: Double, end: Double, confidence: Double) {
      self.text = text
      self.start = start
      self.end = end
      self.confidence = confidence
    }
  }

  /// A reading of all the audio.
  public struct Alternative: Sendable, Hashable {
    public var text: String
    /// What readings are ordered by, the higher the better: the logarithm of the probability that the
    /// network gives it, and what language model, words and hot words add, in nats.
    public var score: Double

    public init(text: String, score: Double) {
      self.text = text
      self.score = score
    }
  }

  public var words: [Word]
  /// The length of the audio, in seconds.
  public var duration: Double
  /// The best readings, that of the words first; none unless `TranscriptionOptions` ask for several.
  public var alternatives: [Alternative]

  public init(words: [Word], duration: Double, alternatives: [Alternative] = []) {
    self.words = words
    self.duration = duration
    self.alternatives = alternatives
  }

  /// The transcript with all times multiplied.
  func stretched(by factor: Double) -> Transcript {
    Transcript(
      words: words.map {
        Word(
          text: $0.text, start: factor * $0.start, end: factor * $0.end, confidence: $0.confidence)
      }, duration: factor * duration, alternatives: alternatives)
  }

  public var text: String { words.map(\.text).joined(separator: " ") }
}

extension Transcript {
  /// Words that are shown together as a subtitle.
  public struct Cue: Sendable, Hashable {
    public var words: ArraySlice<Word>

    public var start: Double { words.first?.start ?? 0 }
    public var end: Double { words.last?.end ?? 0 }
    public var text: String { words.map(\.text).joined(separator: " ") }
  }

  /// The longest subtitle in characters, two lines of 42, and in seconds.
  private static let cueLength = (characters: 84, seconds: 6.0)
  /// The longest silence within one.
  private static let cuePause = 1.0

  /// The words in subtitles: cut at pauses, and where they grow too long to be read.
  public var cues: [Cue] {
    var cues: [Cue] = []
    var (first, length) = (0, 0)
    for (index, word) in words.enumerated() {
      let isFull =
        index > first
        && (length + 1 + word.text.count > Self.cueLength.characters
          || word.end - words[first].start > Self.cueLength.seconds
          || word.start - words[index - 1].end > Self.cuePause)
      if isFull {
        cues.append(Cue(words: words[first..<index]))
        (first, length) = (index, 0)
      }
      length += word.text.count + (length > 0 ? 1 : 0)
    }
    if first < words.count { cues.append(Cue(words: words[first...])) }
    return cues
  }
}
