import ApusFiles

/// Audio as a model wants it: one channel at one rate.
public enum Audio {
  /// The samples of a section of a file.
  ///
  /// - Parameters:
  ///   - path: A path, or `-` for standard input.
  ///   - rate: Samples a second of the result, whatever those of the file.
  ///   - channel: Which channel is heard.
  ///   - from: Where the section begins, in seconds.
  ///   - duration: How long it is; nil for all that is left. A section may end up to a tenth of a
  ///     second behind the audio, since manifests round.
  /// - Returns: Samples of −1 to 1.
  /// - Throws: `FileError`; `InputError` naming the file.
  public static func samples(
    of path: String, rate: Int, channel: AudioChannel = .mix, from: Double = 0,
    duration: Double? = nil
  ) throws -> [Float] {
    try AudioStream(
      AudioReader(path), rate: rate, channel: channel, from: from, duration: duration
    ).rest()
  }
}

/// The samples of a section of audio at a rate of choice, some at a time.
public final class AudioStream {
  /// By how much a section may be longer than what is left of the audio, in seconds.
  static let tolerance = 0.1

  public let reader: AudioReader
  private let channel: AudioChannel
  private let chunk: Int
  /// As many frames as a million values hold, however many channels there are.
  private var most: Int { (1 << 20) / reader.channelCount }
  private let resampler: Resampler
  /// The frame behind the section; nil for all there is.
  private let end: Int?
  private var isDone = false

  /// Goes to the section's beginning.
  ///
  /// - Parameters:
  ///   - reader: The audio.
  ///   - rate: Samples a second of what is read.
  ///   - channel: Which channel is heard.
  ///   - from: Where the section begins, in seconds.
  ///   - duration: How long it is; nil for all that is left.
  ///   - chunk: How many frames of the audio are read at once, which live audio waits for.
  /// - Throws: As `Audio.samples`.
  public init(
    _ reader: AudioReader, rate: Int, channel: AudioChannel = .mix, from: Double = 0,
    duration: Double? = nil, chunk: Int = 1 << 16
  ) throws {
    precondition(chunk > 0, "AudioStream: expected a chunk of frames, got \(chunk)")
    self.chunk = chunk
    self.reader = reader
    self.channel = channel
    guard 0...Utterance.latest ~= from, 0...Utterance.latest ~= duration ?? 0 else {
      throw InputError(
        file: reader.name, expected: "a section from 0 s on",
        found: "\(from) s and \(duration.map { "\($0)" } ?? "no") s of duration")
    }
    guard reader.sampleRate <= 256 * rate, rate <= 256 * reader.sampleRate else {
      throw InputError(
        file: reader.name, expected: "a sample rate within 256 times of \(rate) Hz",
        found: "\(reader.sampleRate)")
    }
    resampler = Resampler(from: reader.sampleRate, to: rate)
    let frames = Double(reader.sampleRate)
    try reader.skip(to: Int((from * frames).rounded()))
    end = duration.map { Int(((from + $0) * frames).rounded()) }
    if let end, let count = reader.frameCount, end > count + Int(Self.tolerance * frames) {
      throw InputError(
        file: reader.name, expected: "\(Double(end) / frames) s of audio",
        found: "\(Double(count) / frames) s")
    }
  }

  /// All samples that are left.
  public func rest() throws -> [Float] {
    var samples: [Float] = []
    while case let part = try read(), !part.isEmpty {
      if samples.isEmpty { samples = part } else { samples += part }
    }
    return samples
  }

  /// The next samples; empty only at the end.
  public func read() throws -> [Float] {
    while !isDone {
      let count = min(chunk, most, (end ?? .max) - reader.position)
      let part = count > 0 ? try reader.read(count, channel) : []
      isDone = part.isEmpty
      let samples = isDone ? resampler.finish() : resampler.append(part)
      if !samples.isEmpty { return samples }
    }
    return []
  }
}
