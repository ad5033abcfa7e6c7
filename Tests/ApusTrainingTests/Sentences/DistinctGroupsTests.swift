import Testing

@testable import ApusTraining

@Suite struct DistinctGroupsTests {
  @Test func sharedKeysPartWherePossible() {
    // Texts 7 and 8 each belong to two examples.
    let keys = [[1, 7], [2, 7], [3, 8], [4, 8], [5, 9], [6, 10]]
    let groups = distinctGroups([[0, 1, 2], [3, 4, 5]], keys: keys)
    #expect(groups.joined().sorted() == [0, 1, 2, 3, 4, 5])
    for group in groups {
      let found = group.flatMap { keys[$0] }
      #expect(Set(found).count == found.count)
    }
  }

  @Test func whatCannotPartStays() {
    let groups = distinctGroups([[0, 1], [2]], keys: [[1], [1], [1]])
    #expect(groups.joined().sorted() == [0, 1, 2])
    #expect(groups.count == 2)
  }
}
