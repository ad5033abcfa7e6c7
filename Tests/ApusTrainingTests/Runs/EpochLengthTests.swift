import ApusTraining
import Testing

@testable import ApusTraining

@Suite struct EpochLengthTests {
  /// Ten batches at three a step: after steps 4, 7 and 10 one more epoch is through.
  @Test func stepsNeedNotDivideEpochs() {
    let epoch = EpochLength(batchCount: 10, accumulation: 3)
    #expect((1...10).filter(epoch.ends) == [4, 7, 10])
    #expect((0...10).map(epoch.epochs) == [0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3])
    // More batches a step than an epoch has.
    #expect((1...3).map(EpochLength(batchCount: 4, accumulation: 10).epochs) == [2, 5, 7])
  }

  @Test func runsInEpochsReadTheirDataSoOften() throws {
    var recipe = try Recipe.builtIn(named: "lstm-small")
    recipe.training.accumulation = 60
    let epoch = EpochLength(batchCount: 100, accumulation: 60)
    // 13 epochs of 100 batches are 21 steps of 60 and a rest.
    #expect(try recipe.stepCount(ofEpoch: epoch) == 22)
    #expect(throws: (any Error).self) { try recipe.stepCount(ofEpoch: nil) }
    #expect(try recipe.scaled(toSteps: 7).stepCount(ofEpoch: nil) == 7)
  }

  @Test func validationsComeWithEachEpochOrAsTheRecipeSays() {
    var recipe = TrainingRecipe(steps: 100, sequencesPerBatch: 1)
    let epoch = EpochLength(batchCount: 10, accumulation: 3)
    func due(_ recipe: TrainingRecipe) -> [Int] {
      (1...10).filter(Intervals(recipe, epoch: epoch).isValidationDue)
    }
    #expect(due(recipe) == [])
    recipe.epochs = 5
    #expect(due(recipe) == [4, 7, 10])
    recipe.validateEvery = 5
    #expect(due(recipe) == [5, 10])
  }
}
