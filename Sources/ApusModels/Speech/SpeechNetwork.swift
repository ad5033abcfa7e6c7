import ApusLayers
import ApusTensors

/// What turns frames into the logits of symbols: the part that the architectures differ in.
protocol SpeechNetwork: Layer {
  /// - Shapes: [N, inputSize] → [M, symbols] over B sequences, Float32
  func callAsFunction(_ frames: Sequences, _ mode: Mode) -> Sequences

  /// Hears frames as they come, the same as all at once; nil, as by default, for a network that needs all
  /// of an utterance.
  func stream(_ mode: Mode) -> SpeechStream?
}

extension SpeechNetwork {
  func stream(_ mode: Mode) -> SpeechStream? { nil }
}

/// Rectified values up to 20, as in Hannun et al. 2014, §2.
extension Tensor {
  func clippedReLU() -> Tensor { clamped(to: 0...20) }
}
