import Testing

@testable import ApusTraining

@Suite struct DistinctGroupsTests {
  @Test func sharedKeysPartWherePossible() {
    // Texts 7 and 8 each belong to two examples.
    let keys = [[1, 7], [2, 7], [3, 8], [4, 8], [5, 9], [6, 10]]
    let groups = distinctGroups(
      [[0, 1, 2], [3, 4, 5]], keys: keys, weights: Array(repeating: 1, count: 6))
    #expect(groups.joined().sorted() == [0, 1, 2, 3, 4, 5])
    for group in groups {
      let found = group.flatMap { keys[$0] }
      #expect(Set(found).count == found.count)
    }
  }

  @Test func whatCannotPartStays() {
    let groups = distinctGroups([[0, 1], [2]], keys: [[1], [1], [1]], weights: [1, 1, 1])
    #expect(groups.joined().sorted() == [0, 1, 2])
    #expect(groups.count == 2)
  }

  /// Of answers that many questions share, no fewer can stay twice in a group than each has beyond
  /// one a group.
  @Test(arguments: [50, 1000, 2000])
  func fewStayAndGroupsKeepTheirSize(_ answerCount: Int) {
    let (groupCount, size) = (40, 64)
    var state: UInt64 = 7
    let answers = (0..<groupCount * size).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % answerCount
    }
    let keys = answers.enumerated().map { [answerCount + $0, $1] }
    let groups = distinctGroups(
      (0..<groupCount).map { Array($0 * size..<($0 + 1) * size) }, keys: keys,
      weights: keys.map { _ in 1 })
    #expect(groups.joined().sorted() == Array(answers.indices))
    let twice = groups.reduce(0) { $0 + $1.count - Set($1.map { answers[$0] }).count }
    let least = Dictionary(grouping: answers) { $0 }.values.reduce(0) {
      $0 + max(0, $1.count - groupCount)
    }
    #expect(least...least + 5 ~= twice, "\(twice) stay, \(least) must")
    #expect(groups.allSatisfy { abs($0.count - size) <= 6 }, "\(groups.map(\.count))")
  }

  /// What moves goes where there is room by tokens, not by the number of texts.
  @Test func heavyGroupsGetNothing() {
    let weights = [10, 10, 100, 50, 10, 10]
    let keys = [[1], [1], [2], [3], [4], [5]]
    let groups = distinctGroups([[0, 1], [2], [3], [4, 5]], keys: keys, weights: weights)
    #expect(groups == [[0], [2], [3], [4, 5, 1]])
  }
}
