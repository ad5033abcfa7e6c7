import ApusDecoding
import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText

/// How well speech was written down.
public struct SpeechScore: Sendable {
  /// An utterance and what was made of it.
  public struct Transcript: Sendable {
    public let id: String
    public let reference, hypothesis: String
    public let words: EditCounts
  }

  public private(set) var errors = TranscriptScore()
  public private(set) var transcripts: [Transcript] = []
  /// The utterances that are too short for what is said in them, which have no loss.
  public var shortCount = 0
  /// The mean loss of a symbol, in nats.
  public var loss = 0.0

  public init() {}

  /// Takes an utterance in; texts are compared word by word, and character by character.
  public mutating func add(id: String, reference: String, hypothesis: String) {
    let words = errors.add(hypothesis, reference: reference).counts
    transcripts.append(
      Transcript(id: id, reference: reference, hypothesis: hypothesis, words: words))
  }

  /// The utterances with the most wrong words, the worst first.
  public func worst(_ count: Int) -> [Transcript] {
    let sorted = transcripts.enumerated().sorted {
      ($1.element.words.total, $0.offset) < ($0.element.words.total, $1.offset)
    }
    return sorted.lazy.map(\.element).filter { $0.words.total > 0 }.prefix(count).map { $0 }
  }
}

extension SpeechModel {
  /// Writes utterances down and compares; without a search, by each frame's best symbol.
  func score(
    on examples: SpeechExamples, _ alphabet: Alphabet, size: BatchSize,
    by search: SpeechSearch? = nil, _ precision: Mode.Precision
  ) throws -> SpeechScore {
    var score = SpeechScore()
    let symbols = try CTCAlphabet(alphabet)
    var (sum, count) = (0.0, 0)
    try forEachBatch(of: examples, size: size, precision) { batch, logits in
      sum += Double(losses(batch, logits).sum().scalar)
      for (target, length) in zip(batch.targets, logits.lengths) {
        if ctcFrameCount(target) <= length {
          count += target.count
        } else {
          score.shortCount += 1
        }
      }
      for (index, example) in batch.examples.enumerated() {
        let rows = logits.offsets[index]..<logits.offsets[index + 1]
        let row = logits.values.rows(rows)
        let found = try search?.text(of: row) ?? ctcGreedySearch(row, symbols).text
        let utterance = examples.utterances[example]
        score.add(
          id: utterance.id, reference: alphabet.folded(utterance.text ?? ""),
          hypothesis: found)
      }
    }
    score.loss = sum / Double(max(1, count))
    return score
  }

  /// Runs over all utterances, the shortest first, without gradients.
  func forEachBatch(
    of examples: SpeechExamples, size: BatchSize, _ precision: Mode.Precision,
    _ body: (_ batch: SpeechBatch, _ logits: Sequences) throws -> Void
  ) throws {
    var batches = SpeechBatches(
      examples: examples,
      order: LengthBatches(lengths: examples.frameCounts, size: size, order: .once))
    while let batch = try batches.next() {
      try body(batch, withoutGradients { self(batch.frames, .evaluation(precision)) })
    }
  }
}

extension CTCAlphabet {
  /// The symbols of an alphabet as classes of a network.
  public init(_ alphabet: Alphabet) throws(InputError) {
    try self.init(
      tokens: alphabet.symbols.indices.map {
        $0 == alphabet.blank || $0 == alphabet.wordBoundary ? "" : alphabet.character($0)
      },
      blank: Int32(alphabet.blank), separator: alphabet.wordBoundary.map(Int32.init))
  }
}
