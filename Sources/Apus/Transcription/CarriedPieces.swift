import ApusAudio
import ApusLayers
import ApusModels
import ApusTensors
import ApusTraining

/// Pieces through which a network goes on with what it carries: where they are cut changes nothing.
struct CarriedPieces: SpeechPieces {
  private let audio: AudioStream
  /// In samples.
  private let pieceLength: Int
  private var features: FeatureStream
  private var network: SpeechStream
  private let width: Int
  /// Samples that were read for the next piece.
  private var ahead: ArraySlice<Float> = []
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
    let end = features.sampleCount + pieceLength
    while !hasEnded, features.sampleCount < end {
      if ahead.isEmpty {
        ahead = try audio.read()[...]
        hasEnded = ahead.isEmpty
      }
      let samples = ahead.prefix(end - features.sampleCount)
      ahead = ahead.dropFirst(samples.count)
      frames += hasEnded ? features.finish() : features.append(Array(samples))
    }
    let known = [
      frames.isEmpty ? nil : network.add(Tensor(frames, [frames.count / width, width])),
      hasEnded ? network.finish() : nil,
    ].compactMap(\.self)
    return SpeechPiece(
      logits: known.isEmpty ? nil : concatenated(known), heardCount: features.sampleCount)
  }
}
