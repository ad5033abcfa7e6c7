import ApusFiles
import ApusTensors

/// Documents cut at the context's length, for causal models that shall not look across documents.
///
/// Sequences have the documents' own lengths. Every token but the first of each document is
/// predicted once an epoch.
public struct CausalDocumentBatches: TrainingBatches, Sendable {
  private var batches: WindowedBatches<DocumentPieces>

  public var cursor: BatchCursor { batches.cursor }

  /// Batches from a cursor on; the parameters are those of `CausalBlockBatches`.
  ///
  /// - Throws: `InputError` for a corpus of less than two tokens or a cursor beyond it.
  public init(
    _ source: TokenSource, vocabularySize: Int, contextLength: Int, size: BatchSize,
    order: BatchOrder, from cursor: BatchCursor = BatchCursor()
  ) throws(InputError) {
    guard source.tokenCount >= 2 else {
      throw InputError(
        file: source.name, expected: "at least 2 tokens", found: "\(source.tokenCount)")
    }
    try cursor.requirePlace(in: source)
    batches = WindowedBatches(
      source, DocumentPieces(source: source, contextLength: contextLength),
      vocabularySize: vocabularySize, size: size, order: order, from: cursor)
  }

  public mutating func next() throws(InputError) -> PretrainingBatch? { try batches.next() }
}

private struct DocumentPieces: ExampleMaker {
  let source: TokenSource
  let contextLength: Int
  let overhang = 1

  func appendExamples(
    of document: Int, from offset: Int, until tokenCount: Int, _ random: inout RandomStream,
    to list: inout ExampleList
  ) -> Int? {
    let positions = source.document(document)
    var start = positions.lowerBound + offset
    while start + 1 < positions.upperBound {
      guard list.tokenCount < tokenCount else { return start - positions.lowerBound }
      let end = min(start + contextLength + 1, positions.upperBound)
      list.append { ids in
        source.append(start..<end, to: &ids)
        return end - start
      }
      start += contextLength
    }
    return nil
  }

  func batch(of examples: [Int], in list: ExampleList, _ key: RandomKey) -> PretrainingBatch {
    var batch = PretrainingBatch(targets: .next([]))
    var targets: [Int32] = []
    for example in examples {
      let tokens = list.ids[list.range(example)]
      batch.ids += tokens.dropLast()
      targets += tokens.dropFirst()
      batch.offsets.append(batch.ids.count)
    }
    batch.targets = .next(targets)
    return batch
  }
}
