import ApusTensors

/// Training examples before they are put into batches, in flat arrays.
struct ExampleList {
  private(set) var ids: [Int32] = []
  private(set) var offsets = [0]
  /// Where the second part of each example starts, counted in it; its length if there is none.
  private(set) var boundaries: [Int] = []
  private(set) var nextLabels: [Int32] = []

  var count: Int { offsets.count - 1 }
  var tokenCount: Int { ids.count }

  func range(_ index: Int) -> Range<Int> { offsets[index]..<offsets[index + 1] }

  /// Appends an example that `fill` writes at the end of the ids; it returns the boundary.
  mutating func append(nextLabel: Int32 = 0, _ fill: (inout [Int32]) -> Int) {
    boundaries.append(fill(&ids))
    offsets.append(ids.count)
    nextLabels.append(nextLabel)
  }
}

/// Turns documents into examples and examples into batches.
protocol ExampleMaker: Sendable {
  /// The tokens of the longest example.
  var contextLength: Int { get }
  /// The tokens at the end of each example that are targets alone.
  var overhang: Int { get }

  /// Appends examples of a document until it ends or the list is long enough.
  ///
  /// - Returns: The offset in the document to go on from, nil at its end.
  func appendExamples(
    of document: Int, from offset: Int, until tokenCount: Int, _ random: inout RandomStream,
    to list: inout ExampleList
  ) -> Int?

  /// The batch of some examples; `key` stands for this batch of this epoch alone.
  func batch(of examples: [Int], in list: ExampleList, _ key: RandomKey) -> PretrainingBatch
}
