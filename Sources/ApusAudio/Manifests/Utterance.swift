import ApusFiles

/// A stretch of speech and what is said in it.
public struct Utterance: Sendable, Equatable {
  /// The latest time that an utterance may begin at, in seconds, and the longest duration.
  static let latest = 1e9

  public enum Source: Sendable, Equatable {
    /// An audio file.
    case audio(String)
    /// A file of features: Sphinx's, or a place in an archive of Kaldi's (`FILE:OFFSET`).
    case features(String)
    /// An image of a line of writing.
    case image(String)
  }

  public var id: String
  public var source: Source
  /// Where the utterance begins in its audio, in seconds.
  public var from: Double
  /// How long it is, in seconds; nil for all that is left of the audio, or where it is not known.
  public var duration: Double?
  /// Whether the duration cuts the audio wherever it ends, rather than saying how long it is.
  ///
  /// The audio of other utterances is cut only where it is more than a tenth of a second longer.
  public var isSection: Bool
  /// What is said; nil where nobody wrote it down.
  public var text: String?
  public var speaker: String?
  public var channel: AudioChannel

  public init(
    id: String, source: Source, from: Double = 0, duration: Double? = nil,
    isSection: Bool = false, text: String? = nil, speaker: String? = nil,
    channel: AudioChannel = .mix
  ) {
    self.id = id
    self.source = source
    self.from = from
    self.duration = duration
    self.isSection = isSection
    self.text = text
    self.speaker = speaker
    self.channel = channel
  }

  /// The file of audio or features.
  public var path: String {
    switch source {
    case .audio(let path), .features(let path), .image(let path): path
    }
  }

  /// The samples of audio, resampled.
  ///
  /// - Throws: `FileError`; `InputError` naming the file, also for an utterance of features.
  public func samples(rate: Int) throws -> [Float] {
    guard case .audio(let path) = source else {
      throw InputError(file: path, expected: "audio", found: "another file")
    }
    let reader = try AudioReader(path)
    return try AudioStream(
      reader, rate: rate, channel: channel, from: from, duration: cut(of: reader)
    ).rest()
  }

  /// How much of its audio is heard, in seconds; nil for all that is left.
  public func cut(of reader: AudioReader) -> Double? {
    guard !isSection, let duration, let end = reader.duration else {
      return isSection ? duration : nil
    }
    return end - from > duration + AudioStream.tolerance ? duration : nil
  }
}
