import Testing

@testable import ApusTraining

@Suite struct TaskMixtureTests {
  private func mixture(
    _ mixing: FineTuningRecipe.Mixing, temperature: Double = 2, epochs: Int? = nil
  ) -> TaskMixture {
    TaskMixture(mixing: mixing, temperature: temperature, epochCount: epochs, seed: 3)
  }

  @Test func countsFollowSizes() {
    let sizes = [100, 25, 1]
    #expect(mixture(.size).counts(ofSizes: sizes, epoch: 4) == sizes)
    #expect(mixture(.equal).counts(ofSizes: sizes, epoch: 4) == [42, 42, 42])
    // Square roots 10, 5 and 1 of 126: 78.75, 39.375 and 7.875.
    #expect(mixture(.temperature).counts(ofSizes: sizes, epoch: 0) == [79, 39, 8])
  }

  /// The exponent falls from 1 to 0.2 (Stickland & Murray 2019, §3.3).
  @Test func annealingEndsNearlyEqual() {
    let annealed = mixture(.annealed, epochs: 5)
    #expect(annealed.counts(ofSizes: [64, 2], epoch: 0) == [64, 2])
    // At the end 64^0.2 = 2.297 and 2^0.2 = 1.149: two thirds and one third of 66.
    #expect(annealed.counts(ofSizes: [64, 2], epoch: 4) == [44, 22])
  }

  @Test func everyBatchHasItsTurn() {
    let order = mixture(.size).order(ofSizes: [5, 3], epoch: 1)
    #expect(order.count == 8 && order.count { $0 == 1 } == 3)
    #expect(order == mixture(.size).order(ofSizes: [5, 3], epoch: 1))
    #expect(order != mixture(.size).order(ofSizes: [5, 3], epoch: 2))
  }
}
