import ApusLayers
import ApusModels
import ApusTensors
import ApusTraining

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
