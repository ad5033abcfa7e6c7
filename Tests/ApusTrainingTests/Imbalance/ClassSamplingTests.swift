import ApusTraining
import Testing

@Suite struct ClassSamplingTests {
  /// 60 examples of class 0, 12 of class 2 and 5 of class 3.
  private let labels = (0..<77).map { $0 < 60 ? 0 : $0 < 72 ? 2 : 3 }

  private func sampling(_ kind: ClassSampling.Kind, seed: UInt64 = 1) -> ClassSampling {
    ClassSampling(kind, labels: labels, classCount: 4, seed: seed)
  }

  private func counts(_ examples: [Int]) -> [Int] {
    examples.reduce(into: Array(repeating: 0, count: 4)) { $0[labels[$1]] += 1 }
  }

  @Test func classesCountAlike() {
    #expect(counts(sampling(.over).examples(epoch: 0)) == [60, 0, 60, 60])
    #expect(counts(sampling(.under).examples(epoch: 0)) == [5, 0, 5, 5])
    #expect(sampling(.natural).examples(epoch: 0).sorted() == Array(labels.indices))
  }

  @Test func repetitionsDifferByOneAtMost() {
    let examples = sampling(.over).examples(epoch: 3)
    let often = labels.indices.map { example in examples.count { $0 == example } }
    #expect(
      often[..<60].allSatisfy { $0 == 1 } && often[60...].allSatisfy { [5, 12].contains($0) })
    let under = sampling(.under).examples(epoch: 3)
    #expect(Set(under).count == 15)
  }

  @Test func epochsDifferAndAreFunctionsOfTheSeed() {
    let under = sampling(.under)
    #expect(under.examples(epoch: 1) == sampling(.under).examples(epoch: 1))
    #expect(under.examples(epoch: 1) != under.examples(epoch: 2))
    #expect(under.examples(epoch: 1) != sampling(.under, seed: 2).examples(epoch: 1))
  }

  @Test(arguments: [BatchSize.sequences(12), .tokens(200)], ClassSampling.Kind.allCases)
  func batchesAreOfTheSample(_ size: BatchSize, _ kind: ClassSampling.Kind) {
    let lengths = labels.indices.map { 1 + ($0 * 37) % 19 }
    var batches = LengthBatches(
      lengths: lengths, size: size, order: .shuffled(seed: 7), sampling: sampling(kind))
    for epoch in 0..<3 {
      let groups = (0..<batches.batchCountOfEpoch).compactMap { _ in
        let resumed = LengthBatches(
          lengths: lengths, size: size, order: .shuffled(seed: 7), sampling: sampling(kind),
          from: batches.cursor)
        var (next, other) = (batches.next(), resumed)
        if next != other.next() { next = nil }
        return next
      }
      #expect(groups.flatMap { $0 }.sorted() == sampling(kind).examples(epoch: epoch).sorted())
      for group in groups {
        switch size {
        case .sequences(let most): #expect(group.count <= most)
        case .tokens(let most):
          // Three examples of a balanced batch stay together, whatever their lengths.
          #expect(group.map { lengths[$0] }.reduce(0, +) <= most)
        }
        guard kind == .balanced else { continue }
        let found = counts(group)
        #expect(found[0] == found[2] && found[2] == found[3] && found[0] > 0)
      }
    }
  }
}
