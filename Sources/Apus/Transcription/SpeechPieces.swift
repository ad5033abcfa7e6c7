import ApusAudio
import ApusLayers
import ApusModels
import ApusTensors
import ApusTraining

/// What a network makes of a piece of audio.
struct SpeechPiece {
  /// [T, V]; nil for a piece too short to have any.
  let logits: Tensor?
  /// The samples of this piece and all before it.
  let heardCount: Int
}

/// Long audio as a network hears it, piece by piece.
protocol SpeechPieces {
  /// The next piece; nil behind the last.
  ///
  /// - Throws: What reading audio throws.
  mutating func next() throws -> SpeechPiece?
}

/// Pieces that a network hears each for itself, with what is around them.
struct SurroundedPieces: SpeechPieces {
  private var windows: SpeechWindows
  private let recognizer: SpeechRecognizer
  private let extractor: FeatureExtractor
  private let mode: Mode

  init(
    _ windows: SpeechWindows, _ recognizer: SpeechRecognizer, _ extractor: FeatureExtractor,
    _ mode: Mode
  ) {
    self.windows = windows
    self.recognizer = recognizer
    self.extractor = extractor
    self.mode = mode
  }

  mutating func next() throws -> SpeechPiece? {
    guard let window = try windows.next() else { return nil }
    return SpeechPiece(logits: logits(window), heardCount: windows.heardCount)
  }

  /// The logits of a piece, without its surroundings.
  private func logits(_ window: SpeechWindows.Window) -> Tensor? {
    let features = extractor.features(of: window.samples)
    guard let logits = recognizer.logits(of: features, mode) else { return nil }
    let end = window.elementCount.map { min(window.skippedCount + $0, logits.rowCount) }
    let kept = min(window.skippedCount, logits.rowCount)..<(end ?? logits.rowCount)
    return kept.isEmpty ? nil : logits.rows(kept)
  }
}

/// Pieces through which a network goes on with what it carries: where they are cut changes nothing.
struct CarriedPieces: SpeechPieces {
  private let audio: AudioStream
  /// In samples, at least.
  private let pieceLength: Int
  private var features: FeatureStream
  private var network: SpeechStream
  private let width: Int
  private var sampleCount = 0
  private var hasEnded = false

  /// Nil for a network or for features that need all of an utterance.
  init?(
    _ audio: AudioStream, piece: Int, _ recognizer: SpeechRecognizer,
    _ extractor: FeatureExtractor, _ mode: Mode
  ) {
    guard extractor.settings.normalization != .utterance,
      let network = recognizer.model.stream(mode)
    else { return nil }
    self.audio = audio
    pieceLength = piece
    features = extractor.stream()
    self.network = network
    width = extractor.width
  }

  mutating func next() throws -> SpeechPiece? {
    guard !hasEnded else { return nil }
    var frames: [Float] = []
    let end = sampleCount + pieceLength
    while !hasEnded, sampleCount < end {
      let samples = try audio.read()
      sampleCount += samples.count
      hasEnded = samples.isEmpty
      frames += hasEnded ? features.finish() : features.append(samples)
    }
    let known = [
      frames.isEmpty ? nil : network.add(Tensor(frames, [frames.count / width, width])),
      hasEnded ? network.finish() : nil,
    ].compactMap(\.self)
    return SpeechPiece(
      logits: known.isEmpty ? nil : concatenated(known), heardCount: sampleCount)
  }
}

extension SpeechRecognizer {
  /// The logits of an utterance's frames: [T, V]; nil for too few to have any.
  func logits(of frames: [Float], _ mode: Mode) -> Tensor? {
    let count = frames.count / input.width
    guard model.config.outputLength(frameCount: count) > 0 else { return nil }
    return withoutGradients {
      model(Sequences(Tensor(frames, [count, input.width]), lengths: [count]), mode).values
    }
  }
}
