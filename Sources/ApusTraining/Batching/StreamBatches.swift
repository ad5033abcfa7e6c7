import ApusFiles
import ApusTensors

/// A text cut into rows of equal length, which are read side by side a few tokens at a time.
///
/// Each row goes on where it ended in the batch before, so that a recurrent model can carry its states
/// over: back-propagation through time is truncated, what is remembered is not. Every epoch reads the
/// rows from their starts.
///
/// - Source: Zaremba et al. 2014, §4.1; random lengths: Merity et al. 2018, §4.1.
public struct StreamBatches: TrainingBatches, Sendable {
  private let source: TokenSource
  private let vocabularySize: Int
  private let rowCount, rowLength, stepLength: Int
  private let drawsLengths: Bool
  private let order: BatchOrder
  public private(set) var cursor: BatchCursor

  /// - Parameters:
  ///   - source: The text.
  ///   - vocabularySize: What ids have to be below.
  ///   - rowCount: Sequences of a batch; fewer where the text is shorter.
  ///   - stepLength: The tokens of each in a batch; the last batch of an epoch may have fewer.
  ///   - drawsLengths: Whether most batches have about `stepLength` tokens and one in twenty half of
  ///     that, so that each epoch cuts the text at other places.
  ///   - order: Without end, or once; nothing is shuffled.
  ///   - cursor: The batch to start from.
  /// - Throws: `InputError` for a text of less than two tokens or a cursor beyond it.
  public init(
    _ source: TokenSource, vocabularySize: Int, rowCount: Int, stepLength: Int,
    drawsLengths: Bool = false, order: BatchOrder, from cursor: BatchCursor = BatchCursor()
  ) throws(InputError) {
    guard source.tokenCount >= 2 else {
      throw InputError(
        file: source.name, expected: "at least 2 tokens", found: "\(source.tokenCount)")
    }
    try cursor.requirePlace(in: source)
    self.source = source
    self.vocabularySize = vocabularySize
    self.rowCount = min(rowCount, source.tokenCount - 1)
    rowLength = (source.tokenCount - 1) / self.rowCount
    self.stepLength = stepLength
    self.drawsLengths = drawsLengths
    self.order = order
    self.cursor = cursor
  }

  /// The batches of an epoch; of one with random lengths, about as many.
  public var batchCountOfEpoch: Int {
    let length = drawsLengths ? 0.975 * Double(stepLength) : Double(stepLength)
    return Int((Double(rowLength) / length).rounded(.up))
  }

  public mutating func next() throws(InputError) -> PretrainingBatch? {
    if cursor.position >= rowLength {
      guard order != .once else { return nil }
      cursor = BatchCursor(epoch: cursor.epoch + 1)
    }
    let length = nextLength()
    let end = min(cursor.position + length, rowLength)
    var batch = PretrainingBatch(targets: .next([]))
    batch.continues = cursor.position > 0
    batch.rateScale = Double(length) / Double(stepLength)
    var targets: [Int32] = []
    for row in 0..<rowCount {
      let range = row * rowLength + cursor.position..<row * rowLength + end
      source.append(range, to: &batch.ids)
      source.append(range.lowerBound + 1..<range.upperBound + 1, to: &targets)
      batch.offsets.append(batch.ids.count)
    }
    try source.requireIds(below: vocabularySize, in: batch.ids)
    try source.requireIds(below: vocabularySize, in: targets)
    batch.targets = .next(targets)
    cursor.position = end
    return batch
  }

  private func nextLength() -> Int {
    guard drawsLengths, let key = order.key(epoch: cursor.epoch) else { return stepLength }
    var random = RandomStream(key.split("length").split(cursor.position))
    let usual = random.uniform() < 0.95 ? Double(stepLength) : Double(stepLength) / 2
    return max(Self.leastLength, Int(usual + Self.lengthDeviation * random.normal()))
  }

  private static let leastLength = 5
  private static let lengthDeviation = 5.0
}
