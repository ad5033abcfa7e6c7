import ApusFiles
import ApusTensors
import ApusText

/// Rows of texts as ids.
struct SentenceExamples: Sendable {
  /// The texts of each row.
  let ids: [[[Int32]]]
  let targets: [Float]
  /// Numbers of the texts of each row, equal for equal texts; empty where batches may repeat texts.
  let keys: [[Int]]

  var lengths: [Int] { ids.map { $0.reduce(0) { $0 + $1.count } } }

  /// A batch of rows: all first texts, then all second ones, then the rest row by row.
  func batch(_ rows: [Int]) -> SentenceBatch {
    let first = rows.compactMap { ids[$0].first }
    let second = rows.compactMap { ids[$0].dropFirst().first }
    let others = rows.flatMap { ids[$0].dropFirst(2) }
    return SentenceBatch(
      ids: Sequences(ids: first + second + others), rowCount: rows.count,
      targets: targets.isEmpty ? [] : rows.map { targets[$0] })
  }
}

/// Rows of texts that go through an encoder together, in one pass without padding.
public struct SentenceBatch: TrainingBatch {
  /// [N] over all texts of all rows.
  let ids: Sequences
  let rowCount: Int
  let targets: [Float]

  public var tokenCount: Int { ids.elementCount }
  public var targetCounts: TargetCounts { TargetCounts(sequences: rowCount) }
}

/// Rows of like length in batches.
public struct SentenceBatches: TrainingBatches {
  let examples: SentenceExamples
  var order: LengthBatches

  public var cursor: BatchCursor { order.cursor }

  public mutating func next() -> SentenceBatch? { order.next().map(examples.batch) }
}
