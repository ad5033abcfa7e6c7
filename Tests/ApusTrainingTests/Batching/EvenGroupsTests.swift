import ApusTensors
import Testing

@testable import ApusTraining

@Suite struct EvenGroupsTests {
  @Test(arguments: 1...60)
  func groupsCoverAllWithinTheLimit(seed: Int) {
    var random = RandomStream(RandomKey(seed: UInt64(seed), name: "weights"))
    let limit = 20 + random.below(200)
    let weights = (0...random.below(500)).map { _ in 1 + random.below(limit) }.sorted()
    let groups = evenGroups(weights, limit: limit)
    #expect(groups.flatMap { $0 } == Array(weights.indices))
    #expect(groups.allSatisfy { !$0.isEmpty && weights[$0].reduce(0, +) <= limit })
  }

  @Test func equalWeightsFillTheirGroups() {
    #expect(
      evenGroups([Int](repeating: 128, count: 160), limit: 2048).map(\.count)
        == Array(repeating: 16, count: 10))
    let rest = evenGroups([Int](repeating: 1, count: 161), limit: 16).map(\.count)
    #expect(rest.count == 11 && rest.allSatisfy { 14...15 ~= $0 })
  }

  /// The lengths of natural documents: every batch within a few percent of the others.
  @Test func fineWeightsMakeEvenGroups() {
    var random = RandomStream(RandomKey(seed: 1, name: "lengths"))
    let weights = (0..<5000).map { _ in 5 + random.below(124) }.sorted()
    let sums = evenGroups(weights, limit: 4096).map { weights[$0].reduce(0, +) }
    #expect((sums.min() ?? 0) > 3800)
  }

  @Test func nothingMakesNoGroup() { #expect(evenGroups([], limit: 5).isEmpty) }
}
