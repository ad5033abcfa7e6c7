import ApusTraining
import Foundation
import Testing

@Suite struct ScheduleTests {
  private func schedule(
    _ kind: ScheduleRecipe.Kind, warmup: Int = 10, final: Double = 1e-5, steps: Int = 110
  ) -> Schedule {
    var recipe = ScheduleRecipe(kind: kind)
    recipe.warmupSteps = warmup
    recipe.finalRate = final
    let epoch = EpochLength(batchCount: steps)
    return Schedule(recipe, peakRate: 1e-3, stepCount: steps, epoch: epoch)
  }

  private func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-12 * abs(b) }

  @Test(arguments: ScheduleRecipe.Kind.allCases)
  func risesToThePeakAndNeverAboveIt(kind: ScheduleRecipe.Kind) {
    let schedule = schedule(kind)
    let rates = (0..<110).map { schedule.rate(at: $0) }
    #expect(rates[10] == 1e-3)
    #expect(rates.max() == 1e-3)
    for step in 0..<10 { #expect(rates[step] < rates[step + 1]) }
    for step in 10..<109 { #expect(rates[step] >= rates[step + 1]) }
  }

  /// No step differs from its neighbour by more than the warm-up's slope or the steepest decay; a
  /// staircase does.
  @Test(arguments: ScheduleRecipe.Kind.allCases.filter { $0 != .staircase })
  func isContinuous(kind: ScheduleRecipe.Kind) {
    let schedule = schedule(kind, warmup: 1000, steps: 11_000)
    for step in 0..<11_000 {
      #expect(abs(schedule.rate(at: step + 1) - schedule.rate(at: step)) < 1.6e-6)
    }
  }

  @Test(arguments: ScheduleRecipe.Kind.allCases)
  func startsAtThePeakWithoutWarmUp(kind: ScheduleRecipe.Kind) {
    #expect(schedule(kind, warmup: 0).rate(at: 0) == 1e-3)
  }

  @Test func warmUpIsLinear() {
    let schedule = schedule(.linear)
    for step in 0..<10 {
      #expect(isClose(schedule.rate(at: step), 1e-3 * Double(step + 1) / 11))
    }
  }

  @Test func closedForms() {
    #expect(isClose(schedule(.linear).rate(at: 60), (1e-3 + 1e-5) / 2))
    #expect(isClose(schedule(.linear).rate(at: 35), 1e-3 - 0.25 * (1e-3 - 1e-5)))
    #expect(isClose(schedule(.cosine).rate(at: 60), (1e-3 + 1e-5) / 2))
    let third = 1e-5 + (1e-3 - 1e-5) * 0.5 * (1 + cos(Double.pi / 4))
    #expect(isClose(schedule(.cosine).rate(at: 35), third))
    #expect(isClose(schedule(.inverseSquareRoot).rate(at: 43), 1e-3 / 2))
    #expect(isClose(schedule(.inverseSquareRoot).rate(at: 98), 1e-3 / 3))
    #expect(schedule(.constant).rate(at: 1_000_000) == 1e-3)
  }

  @Test(arguments: [ScheduleRecipe.Kind.linear, .cosine, .oneCycle])
  func endsAtTheFinalRateAndStaysThere(kind: ScheduleRecipe.Kind) {
    #expect(isClose(schedule(kind).rate(at: 110), 1e-5))
    #expect(isClose(schedule(kind).rate(at: 5000), 1e-5))
    #expect(schedule(kind).rate(at: 109) > 1e-5)
  }

  @Test func inverseSquareRootStopsAtItsFloor() {
    #expect(schedule(.inverseSquareRoot, final: 5e-4).rate(at: 100_000) == 5e-4)
  }

  @Test func oneCycleStartsLow() {
    #expect(isClose(schedule(.oneCycle).rate(at: 0), 1e-3 / 25))
    #expect(isClose(schedule(.oneCycle).rate(at: 5), (1e-3 / 25 + 1e-3) / 2))
    var recipe = ScheduleRecipe(kind: .oneCycle)
    recipe.initialRate = 2e-4
    recipe.warmupSteps = 3
    let given = Schedule(recipe, peakRate: 1e-3, stepCount: 10)
    #expect(isClose(given.rate(at: 0), 2e-4))
  }

  /// The rates of the small model of Zaremba and others (2014).
  @Test func staircaseFallsWithEachEpoch() {
    var recipe = ScheduleRecipe(kind: .staircase)
    recipe.heldEpochs = 4
    let schedule = Schedule(recipe, peakRate: 1, stepCount: 70, epoch: EpochLength(batchCount: 10))
    let rates = (0..<7).map { schedule.rate(at: 10 * $0) }
    #expect(rates == [1, 1, 1, 1, 0.5, 0.25, 0.125])
    #expect(schedule.rate(at: 49) == 0.5 && schedule.rate(at: 39) == 1)
  }

  @Test func plateauLowersTheRateAfterItsPatience() throws {
    let schedule = schedule(.plateau, warmup: 0, final: 2e-4)
    var state = PlateauState()
    var rates: [Double] = []
    for loss in [3.0, 2.0, 2.0, 1.99999, 2.5, .nan, 2.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0] {
      state.observe(loss: loss, schedule.recipe)
      rates.append(schedule.rate(at: 0, plateau: state))
    }
    let expected = [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.2, 0.2, 0.2, 0.2]
    #expect(rates == expected.map { $0 * 1e-3 })
    #expect(state.bestLoss == 1)

    let saved = try JSONEncoder().encode(state)
    #expect(try JSONDecoder().decode(PlateauState.self, from: saved) == state)
  }
}
