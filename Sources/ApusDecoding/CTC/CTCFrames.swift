import ApusFiles
import ApusTensors

/// The log-probabilities of the classes at the frames of an utterance.
struct CTCFrames: Sendable {
  private let values: [Float]
  let classCount: Int
  let count: Int

  /// - Parameters:
  ///   - logits: Not normalised, or log-probabilities, which stay as they are: [T, V].
  ///   - alphabet: What the V classes stand for.
  ///   - first: The number of frames that came before, for messages.
  /// - Throws: `InputError` naming the frame, from 1, where logits are no numbers.
  init(_ logits: Tensor, _ alphabet: CTCAlphabet, after first: Int = 0) throws(InputError) {
    precondition(
      logits.rank == 2 && logits.columnCount == alphabet.tokens.count,
      "CTC decoding: expected logits [T, \(alphabet.tokens.count)], got \(logits.shape)")
    values = logits.detached.converted(to: .float32).logSoftmax().elements()
    classCount = logits.columnCount
    count = logits.shape[0]
    if let index = values.firstIndex(where: \.isNaN) {
      throw InputError(
        row: first + index / classCount + 1, expected: "logits that are numbers",
        found: "a frame with others")
    }
  }

  subscript(frame: Int) -> ArraySlice<Float> {
    values[frame * classCount..<(frame + 1) * classCount]
  }
  subscript(frame: Int, label: Int32) -> Double {
    Double(values[frame * classCount + Int(label)])
  }

  func withFrame<Result>(
    _ frame: Int, _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    try values.withUnsafeBufferPointer { values in
      try body(
        UnsafeBufferPointer(rebasing: values[frame * classCount..<(frame + 1) * classCount]))
    }
  }
}
