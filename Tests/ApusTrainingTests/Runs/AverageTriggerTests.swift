import Testing

@testable import ApusTraining

@Suite struct AverageTriggerTests {
  /// A loss counts against the best of those more than `patience` validations ago, not the latest.
  @Test func startsWithALossAboveTheBestOfOldOnes() {
    var trigger = AverageTrigger()
    var started: [Bool] = []
    for loss in [5, 4, 3, 4.5, 4.2, 3.1, 2.9, 3.0] {
      trigger.observe(loss: loss, patience: 2)
      started.append(trigger.isAveraging)
    }
    #expect(started == [false, false, false, false, true, true, true, true])
  }

  /// Until then the average is the last step's weights; then the mean of all since.
  @Test func sharesMakeTheMeanOfAllLaterSteps() {
    var trigger = AverageTrigger()
    #expect(trigger.step() == 0)
    for loss in [1.0, 2, 3] { trigger.observe(loss: loss, patience: 1) }
    var mean = 100.0
    for value in [3.0, 5, 10, 2] {
      let share = trigger.step()
      mean = share * mean + (1 - share) * value
    }
    #expect(mean == 5 && trigger.stepCount == 4)
  }
}
