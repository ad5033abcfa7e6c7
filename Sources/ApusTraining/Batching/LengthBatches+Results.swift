import ApusTensors

extension LengthBatches {
  /// What a model gives for items that go through it some at a time, those of like length together.
  ///
  /// - Parameters:
  ///   - lengths: Of each item.
  ///   - limit: The most elements of a batch; a longer item goes alone.
  ///   - body: Gives the results of the items of these numbers, without gradients.
  /// - Returns: The results in the order of the items.
  public static func results<Result>(
    ofLengths lengths: [Int], tokens limit: Int, _ body: (_ numbers: [Int]) -> [Result]
  ) -> [Result] {
    guard !lengths.isEmpty else { return [] }
    var batches = LengthBatches(lengths: lengths, size: .tokens(limit), order: .once)
    var found: [(number: Int, result: Result)] = []
    while let numbers = batches.next() {
      let results = withoutGradients { body(numbers) }
      precondition(
        results.count == numbers.count,
        "LengthBatches: expected \(numbers.count) results, got \(results.count)")
      found += zip(numbers, results).map { (number: $0, result: $1) }
    }
    return found.sorted { $0.number < $1.number }.map(\.result)
  }
}
