import ApusAudio
import ApusLayers
import ApusModels
import ApusTensors
import ApusTraining

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
