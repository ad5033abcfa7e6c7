import ApusAudio
import ApusFiles
import ApusModels
import ApusTensors
import ApusText

/// Utterances to learn from or to measure on: where they are, how long, and what is said in them.
struct SpeechExamples: Sendable {
  let utterances: [Utterance]
  /// About how many frames each has.
  let frameCounts: [Int]
  /// What is said, as symbols; characters that the alphabet does not have are left out.
  let ids: [[Int32]]
  let input: SpeechInput

  /// Looks at every utterance of a manifest.
  ///
  /// - Throws: `InputError` naming the manifest if it is empty, an utterance without a transcript, or
  ///   a file that can't be read.
  init(
    _ utterances: [Utterance], manifest: String, alphabet: Alphabet, input: SpeechInput
  ) throws {
    guard !utterances.isEmpty else {
      throw InputError(file: manifest, expected: "utterances", found: "none")
    }
    self.utterances = utterances
    self.input = input
    frameCounts = try utterances.map(input.frameCount)
    ids = try utterances.enumerated().map { index, utterance in
      guard let text = utterance.text else {
        throw InputError(
          file: manifest, row: index + 1, expected: "a transcript of \(utterance.id)",
          found: "none")
      }
      return alphabet.knownIDs(of: text)
    }
  }

  private init(
    _ utterances: [Utterance], _ frameCounts: [Int], _ ids: [[Int32]], _ input: SpeechInput
  ) {
    self.utterances = utterances
    self.frameCounts = frameCounts
    self.ids = ids
    self.input = input
  }

  var count: Int { utterances.count }

  /// The examples with enough frames for their transcripts, and the utterances of the others.
  func feasible(for config: SpeechConfig) -> (examples: SpeechExamples, short: [Utterance]) {
    let isLongEnough = utterances.indices.map {
      ctcFrameCount(ids[$0]) <= config.outputLength(frameCount: frameCounts[$0])
    }
    let kept = utterances.indices.filter { isLongEnough[$0] }
    return (
      SpeechExamples(
        kept.map { utterances[$0] }, kept.map { frameCounts[$0] }, kept.map { ids[$0] },
        input),
      utterances.indices.filter { !isLongEnough[$0] }.map { utterances[$0] }
    )
  }

  /// The frames of some examples, with what is said in them.
  ///
  /// - Parameters:
  ///   - examples: Their numbers.
  ///   - augmentation: What changes them, and the epoch that it is drawn for.
  /// - Returns: Them one behind the other.
  /// - Throws: `InputError` naming a file that can't be read.
  func batch(
    _ examples: [Int], changedBy augmentation: (changes: SpeechAugmentation, epoch: Int)? = nil
  ) throws(InputError) -> SpeechBatch {
    var frames: [Float] = []
    var lengths: [Int] = []
    for example in examples {
      let drawn = augmentation.map {
        ($0.changes, $0.changes.random(epoch: $0.epoch, utterance: example))
      }
      let found = try input.frames(of: utterances[example], changedBy: drawn)
      lengths.append(found.count / input.width)
      frames += found
    }
    let values = Tensor(frames, [lengths.reduce(0, +), input.width])
    return SpeechBatch(
      frames: Sequences(values, lengths: lengths), targets: examples.map { ids[$0] },
      examples: examples)
  }
}

/// Utterances that go through a network together.
public struct SpeechBatch: TrainingBatch {
  /// [N, C] over B utterances.
  let frames: Sequences
  let targets: [[Int32]]
  /// The numbers of the utterances.
  let examples: [Int]

  public var tokenCount: Int { frames.elementCount }
  public var targetCounts: TargetCounts {
    TargetCounts(tokens: targets.reduce(0) { $0 + $1.count }, sequences: targets.count)
  }
}

/// Utterances in batches of like length.
public struct SpeechBatches: TrainingBatches {
  let examples: SpeechExamples
  var order: LengthBatches
  var augmentation: SpeechAugmentation?

  public var cursor: BatchCursor { order.cursor }

  public mutating func next() throws(InputError) -> SpeechBatch? {
    guard let group = order.next() else { return nil }
    let epoch = order.cursor.epoch
    return try examples.batch(group, changedBy: augmentation.map { ($0, epoch) })
  }
}
