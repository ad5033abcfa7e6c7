import ApusLayers
import ApusTensors

/// What turns frames into the logits of symbols: the part that the architectures differ in.
protocol SpeechNetwork: Layer {
  /// - Shapes: [N, inputSize] → [M, symbols] over B sequences, Float32
  func callAsFunction(_ frames: Sequences, _ mode: Mode) -> Sequences
}

/// Rectified values up to 20, as in Hannun et al. 2014, §2.
extension Tensor {
  func clippedReLU() -> Tensor { clamped(to: 0...20) }
}
