import ApusAudio
import ApusDecoding
import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusTraining
import Foundation

/// Writes down what is said in audio.
///
/// ```swift
/// let transcriber = try Transcriber("runs/speech")
/// let transcript = try transcriber.transcribe(URL(filePath: "interview.flac"))
/// for word in transcript.words { print(word.start, word.text, word.confidence) }
/// ```
///
/// Audio of any length goes through the network in pieces, so that memory grows with the words alone; the
/// search for them goes on from piece to piece. So does a network of one direction, unless its features
/// are normalised over the utterance: it carries its state on, and where pieces end changes nothing.
/// Others hear each piece with its surroundings. A transcriber is a value that may be used from many
/// tasks at once.
public struct Transcriber: Sendable {
  private let recognizer: SpeechRecognizer
  /// Nil for a reader of images.
  private let extractor: FeatureExtractor?
  private let search: SpeechSearch
  private let resultCount: Int
  private let lengths: SpeechWindows.Lengths
  private let mode: Mode

  /// Samples a second of what the network hears; audio of other rates is resampled.
  public var sampleRate: Int { lengths.rate }
  /// Whether images of lines of writing are read, and not audio.
  public var readsImages: Bool { extractor == nil }

  /// Loads the model directory of a recogniser.
  ///
  /// - Throws: `FileError` if a file can't be read; `InputError` naming what does not fit.
  public init(_ directory: String, _ options: TranscriptionOptions = TranscriptionOptions()) throws
  {
    guard options.precision != .bf16 || Processor.supportsBFloat16 else {
      throw InputError(expected: "fp32 or int8 on a processor without AVX-512", found: "bf16")
    }
    guard 1...max(1, options.search.width) ~= options.resultCount else {
      throw InputError(
        expected: "from 1 to the \(options.search.width) readings that are followed as results",
        found: "\(options.resultCount)")
    }
    resultCount = options.resultCount
    recognizer = try SpeechRecognizer(directory)
    search = try SpeechSearch(options.search, over: recognizer.classes)
    if case .sound(let extractor) = recognizer.input {
      self.extractor = extractor
      lengths = SpeechWindows.Lengths(
        extractor.settings, stride: recognizer.model.config.timeStride, options)
    } else {
      extractor = nil
      // The columns of an image are its samples.
      lengths = SpeechWindows.Lengths(
        rate: 1, hop: recognizer.model.config.timeStride, piece: .max, surroundings: 0)
    }
    mode = .evaluation(options.precision)
  }

  /// Writes down a file of any format that libsndfile reads.
  ///
  /// - Throws: `FileError` if it can't be read; `InputError` naming what is wrong with it.
  public func transcribe(_ file: URL) throws -> Transcript {
    try transcribe(AudioReader(file.path(percentEncoded: false)))
  }

  /// Writes down audio.
  ///
  /// - Parameters:
  ///   - audio: A file, standard input or raw samples.
  ///   - channel: Which channel is heard.
  ///   - from: Where to begin, in seconds.
  ///   - duration: For how long; nil for all that is left.
  ///   - report: Told after each piece what was said in it, as far as that is known.
  /// - Returns: All that was said.
  /// - Throws: `FileError` if it can't be read; `InputError` naming what is wrong with it.
  public func transcribe(
    _ audio: AudioReader, channel: AudioChannel = .mix, from: Double = 0, duration: Double? = nil,
    report: (PartialTranscript) throws -> Void = { _ in }
  ) throws -> Transcript {
    var pieces = try pieces(of: audio, channel, from, duration)
    var search = search.start
    var (heardCount, settledCount) = (0, 0)
    while let piece = try pieces.next() {
      if let logits = piece.logits { try search.add(logits) }
      heardCount = piece.heardCount
      func words(_ timed: some Sequence<TimedWord>) -> [Transcript.Word] {
        transcript(timed, duration: heardCount, from: from).words
      }
      let settled = search.settledWords[settledCount...]
      settledCount += settled.count
      try report(
        PartialTranscript(
          settled: words(settled), open: words(search.partial.words),
          duration: Double(heardCount) / Double(sampleRate)))
    }
    return transcript(of: search, duration: heardCount, from: from)
  }

  /// Reads a line of writing; times are columns of the image.
  ///
  /// - Throws: `InputError` where the model hears audio.
  public func transcribe(_ image: GrayImage) throws -> Transcript {
    guard case .image(let height) = recognizer.input else {
      throw InputError(expected: "audio, as the model hears", found: "an image")
    }
    let frames = try SpeechInput.columns(of: image, height: height)
    var search = search.start
    if let logits = recognizer.logits(of: frames, mode) { try search.add(logits) }
    let columnCount = frames.count / height
    return transcript(of: search, duration: columnCount, from: 0)
      .stretched(by: Double(image.width) / Double(columnCount))
  }

  /// Finds when each word of a text is said in audio.
  ///
  /// - Parameters:
  ///   - text: All that is said.
  ///   - audio: A file, standard input or raw samples.
  ///   - channel: Which channel is heard.
  ///   - from: Where to begin, in seconds.
  ///   - duration: For how long; nil for all that is left.
  /// - Returns: The words of the text; confidences are those of their symbols.
  /// - Throws: `InputError` for characters that the model does not know, or more of them than the
  ///   audio can hold.
  public func align(
    _ text: String, with audio: AudioReader, channel: AudioChannel = .mix, from: Double = 0,
    duration: Double? = nil
  ) throws -> Transcript {
    let symbols = try symbols(of: text, in: audio.name)
    var pieces = try pieces(of: audio, channel, from, duration)
    var parts: [Tensor] = []
    var heardCount = 0
    while let piece = try pieces.next() {
      if let logits = piece.logits { parts.append(logits) }
      heardCount = piece.heardCount
    }
    guard !symbols.isEmpty else { return transcript([], duration: heardCount, from: from) }
    // The search keeps a step for each element and each symbol or blank between two.
    let elementCount = parts.reduce(0) { $0 + $1.rowCount }
    guard elementCount * (2 * symbols.count + 1) <= Self.longestAlignment else {
      throw InputError(
        file: audio.name, expected: "audio of some minutes, or sections with their own texts",
        found: "\(elementCount) elements for \(symbols.count) symbols")
    }
    let none = Tensor.zeros([0, recognizer.model.config.symbolCount])
    do {
      let alignment = try CTCAlignment(
        symbols, with: parts.isEmpty ? none : concatenated(parts), recognizer.classes)
      return transcript(
        alignment.words(recognizer.classes), duration: heardCount, from: from)
    } catch {
      throw InputError(file: audio.name, expected: error.expected, found: error.found)
    }
  }

  /// In bytes.
  private static let longestAlignment = 1 << 31

  private func symbols(of text: String, in file: String) throws -> [Int32] {
    do {
      return try recognizer.alphabet.ids(of: text)
    } catch {
      throw InputError(file: file, expected: error.expected, found: error.found)
    }
  }

  /// A picture of audio, of what the network makes of it and of the words that come out.
  ///
  /// - Parameters:
  ///   - audio: A minute at most, which goes through the network at once.
  ///   - text: What is said, to be aligned; nil for what the model hears.
  /// - Returns: The parts of the picture.
  /// - Throws: `InputError` for longer audio, or a text that can't be aligned with it.
  public func picture(of audio: AudioReader, text: String? = nil) throws -> SpeechPicture {
    let (stream, extractor) = try heard(audio, .mix, 0, nil)
    var samples: [Float] = []
    while case let part = try stream.read(), !part.isEmpty {
      samples += part
      guard samples.count <= Self.longestPicture * sampleRate else {
        throw InputError(
          file: audio.name, expected: "at most \(Self.longestPicture) s for a picture",
          found: "longer audio")
      }
    }
    let frames = extractor.features(of: samples)
    guard let logits = recognizer.logits(of: frames, mode) else {
      throw InputError(file: audio.name, expected: "audio of some frames", found: "less")
    }
    var search = search.start
    try search.add(logits)
    let words =
      try text.map {
        try CTCAlignment(
          symbols(of: $0, in: audio.name), with: logits, recognizer.classes
        ).words(recognizer.classes)
      } ?? search.finished().first?.words
    return SpeechPicture(
      features: Tensor(frames, [frames.count / extractor.width, extractor.width]),
      posteriors: logits.softmax(), symbols: recognizer.alphabet.symbols,
      transcript: transcript(words ?? [], duration: samples.count, from: 0))
  }

  /// In seconds.
  private static let longestPicture = 60

  /// What was said, after each piece of audio; the last of them settles all that is left.
  ///
  /// Shorter pieces (`TranscriptionOptions.pieceSeconds`) give it sooner. Ending the loop ends the
  /// work.
  public func partialTranscripts(
    of file: URL, channel: AudioChannel = .mix
  ) -> AsyncThrowingStream<PartialTranscript, any Error> {
    AsyncThrowingStream { continuation in
      let work = Task.detached {
        do {
          var settledCount = 0
          let whole = try transcribe(
            AudioReader(file.path(percentEncoded: false)), channel: channel
          ) { partial in
            try Task.checkCancellation()
            settledCount += partial.settled.count
            continuation.yield(partial)
          }
          continuation.yield(
            PartialTranscript(
              settled: Array(whole.words[settledCount...]), open: [], duration: whole.duration))
          continuation.finish()
        } catch {
          continuation.finish(throwing: error)
        }
      }
      continuation.onTermination = { _ in work.cancel() }
    }
  }

  /// Audio as the network hears it.
  private func pieces(
    of audio: AudioReader, _ channel: AudioChannel, _ from: Double, _ duration: Double?
  ) throws -> any SpeechPieces {
    let (stream, extractor) = try heard(audio, channel, from, duration)
    return CarriedPieces(stream, piece: lengths.piece, recognizer, extractor, mode)
      ?? SurroundedPieces(SpeechWindows(stream, lengths), recognizer, extractor, mode)
  }

  /// Audio at the model's rate, and what makes features of it.
  private func heard(
    _ audio: AudioReader, _ channel: AudioChannel, _ from: Double, _ duration: Double?
  ) throws -> (AudioStream, FeatureExtractor) {
    guard let extractor, extractor.settings.kind != .file else {
      let read = extractor == nil ? "an image" : "a file of features"
      throw InputError(file: audio.name, expected: "\(read), as the model reads", found: "audio")
    }
    // Live audio is read little by little, so that a piece waits for little of the next one.
    let piece = Double(lengths.piece) / Double(sampleRate) * Double(audio.sampleRate)
    let stream = try AudioStream(
      audio, rate: sampleRate, channel: channel, from: from, duration: duration,
      chunk: max(1, min(1 << 13, Int(piece) / 8)))
    return (stream, extractor)
  }

  /// What a search has found at the end.
  private func transcript(
    of search: CTCBeamSearch, duration sampleCount: Int, from: Double
  ) -> Transcript {
    let found = search.finished(count: resultCount)
    var best = transcript(found.first?.words ?? [], duration: sampleCount, from: from)
    if resultCount > 1 {
      best.alternatives = found.map { Transcript.Alternative(text: $0.text, score: $0.score) }
    }
    return best
  }

  private func transcript(
    _ words: some Sequence<TimedWord>, duration sampleCount: Int, from: Double
  ) -> Transcript {
    let duration = Double(sampleCount) / Double(sampleRate)
    let step = Double(lengths.hop) / Double(sampleRate)
    let words = words.map {
      Transcript.Word(
        text: $0.text, start: from + min(duration, step * Double($0.frames.lowerBound)),
        end: from + min(duration, step * Double($0.frames.upperBound + 1)),
        confidence: $0.confidence)
    }
    return Transcript(words: words, duration: duration)
  }
}
