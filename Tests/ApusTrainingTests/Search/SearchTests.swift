import ApusFiles
import Foundation
import Testing

@testable import ApusTraining

@Suite struct SearchTests {
  private static let space = """
    optimizer.learningRate: {log: [1e-5, 1e-3], count: 3}
    training.sequencesPerBatch: [16, 32]
    """

  @Test func gridsHaveAllCombinations() throws {
    let grid = try SearchSpace(yaml: Self.space).grid()
    #expect(
      grid.map { $0.map(\.value) } == [
        ["1e-05", "16"], ["1e-05", "32"], ["0.0001", "16"], ["0.0001", "32"], ["0.001", "16"],
        ["0.001", "32"],
      ])
    #expect(grid[0].map(\.path) == ["optimizer.learningRate", "training.sequencesPerBatch"])
    let open = try SearchSpace(yaml: "a: {range: [0, 1]}\n")
    #expect(throws: InputError.self) { try open.grid() }
  }

  /// Inside of the ranges, evenly by the logarithm, and the same for the same seed and trial.
  @Test func drawsAreFunctionsOfSeedAndTrial() throws {
    let space = try SearchSpace(
      yaml: "a: {log: [1e-5, 1e-3]}\nb: {integers: [2, 5]}\nc: {range: [-1, 1]}\nd: [x, y]\n")
    let drawn = (0..<400).map { space.drawn(trial: $0, seed: 3).map(\.value) }
    #expect(drawn[7] == space.drawn(trial: 7, seed: 3).map(\.value))
    #expect(Set(drawn.map { $0.joined() }).count > 390)
    #expect(space.drawn(trial: 7, seed: 4).map(\.value) != drawn[7])
    let rates = try drawn.map { try #require(Double($0[0])) }
    #expect(rates.allSatisfy { 1e-5...1e-3 ~= $0 } && abs(rates.count { $0 < 1e-4 } - 200) < 50)
    #expect(Set(drawn.map { $0[1] }) == ["2", "3", "4", "5"])
    #expect(try drawn.allSatisfy { -1...1 ~= (try #require(Double($0[2]))) })
    #expect(abs(drawn.count { $0[3] == "x" } - 200) < 50)
  }

  /// Numbers stay within their range, ends included, and apart.
  @Test func narrowAndWideRangesStayWithin() throws {
    let narrow = try SearchSpace(yaml: "a: {range: [0.999, 0.99999], count: 5}").grid()
      .compactMap { Double($0[0].value) }
    #expect(narrow.count == 5 && Set(narrow).count == 5)
    #expect(narrow.first == 0.999 && narrow.last == 0.99999)
    let wide = try SearchSpace(yaml: "a: {log: [1e-300, 1e300], count: 3}").grid()
      .compactMap { Double($0[0].value) }
    #expect(wide.count == 3 && abs(wide[1] - 1) < 1e-3 && wide.allSatisfy(\.isFinite))
  }

  @Test(arguments: [
    "a: {integers: [0, 9223372036854775807]}", "a: 3", "a: []", "a: {log: [0, 1]}",
    "a: {range: [2, 1]}", "a: {integers: [1.5, 3]}",
    "a: {range: [0, 1], steps: 3}", "a: {range: [0, 1], count: 1}", "- a", "", "a: {none: [1, 2]}",
  ])
  func refusesWhatIsNoSpace(_ yaml: String) {
    #expect(throws: InputError.self) { try SearchSpace(yaml: yaml) }
  }

  @Test func recipesTakeTheValues() throws {
    let recipe = try TunedTagger.recipe("layerDecay: 0.9")
    func setting(_ values: SearchSpace.Assignment, _ text: String? = nil) throws -> Recipe {
      try Recipe(text ?? recipe.yaml, named: "tagger", setting: values)
    }
    let changed = try setting([
      ("optimizer.learningRate", "0.002"), ("adaptation.layerDecay", "0.5"),
      ("schedule.kind", "linear"),
    ])
    #expect(changed.optimizer.learningRate == 0.002 && changed.adaptation?.layerDecay == 0.5)
    #expect(changed.schedule.kind == .linear)
    var plain = recipe
    plain.adaptation = nil
    #expect(
      try setting([("adaptation.mixout", "0.1")], plain.yaml).adaptation?.mixout == 0.1)
    for path in ["optimizer.learningrate", "optimizer.learningRate.x", "", "a..b"] {
      #expect(throws: RecipeProblem.self) { try setting([(path, "1")]) }
    }
    let epochs = try setting([("training.epochs", "3")]).training
    #expect(epochs.epochs == 3 && epochs.steps == nil)
    // Another kind has standards of its own.
    let text = """
      model: {kind: textcnn, embeddingSize: 4}
      tokenizer: {kind: word, vocabularySize: 9}
      objective: {kind: classification}
      optimizer: {kind: adamw, learningRate: 0.01}
      training: {steps: 3, sequencesPerBatch: 2}
      """
    #expect(try Recipe(yaml: text).optimizer.weightDecay > 0)
    let plainAdam = try setting([("optimizer.kind", "adam")], text).optimizer
    #expect(plainAdam.kind == .adam && plainAdam.weightDecay == 0)
    #expect(try setting([("optimizer.kind", "sgd")], text).optimizer.kind == .sgd)
  }

  @Test(arguments: [
    ("optimizer.learnRate: [1e-5]", "2: expected optimizer to have a known key"),
    ("optimiser.learningRate: [1e-5]", "2: expected the recipe to have a known key"),
    ("optimizer.learningRate: [fast]", "2: expected optimizer.learningRate as a number"),
    ("optimizer.learningRate.x: [1]", "2: expected optimizer.learningRate.x to be a key path"),
    ("training.tokensPerBatch: [4096]", "2: expected training to have either tokensPerBatch"),
  ])
  func mistakesOfTheSpaceAreFoundInItsFile(_ line: String, _ message: String) throws {
    let text = try TunedTagger.recipe("layerDecay: 0.9").yaml
    let space = try SearchSpace(
      yaml: "schedule.kind: [linear, constant]\n\(line)\n", file: "space.yaml")
    let values = try #require(try space.grid().first)
    let error = #expect(throws: InputError.self) {
      try space.recipe(text, named: "tagger", setting: values)
    }
    let description = error?.description ?? ""
    #expect(description.hasPrefix("space.yaml:\(message)"), "\(description)")
  }

  @Test func tablesHaveTheBestFirst() {
    let results = SearchResults([
      .init(trial: 0, values: [("a", "1,5")], quality: 0.5, loss: 1, step: 9),
      .init(trial: 1, values: [("a", "2")], quality: nil, loss: nil, step: 3, failure: "loss nan"),
      .init(trial: 2, values: [("a", "3")], quality: 0.75, loss: 0.5, step: 9),
    ])
    #expect(
      results.csv == """
        trial,quality,loss,steps,a,failure
        2,0.75,0.5,9,3,
        0,0.5,1.0,9,"1,5",
        1,,,3,2,loss nan

        """)
    #expect(results.markdown.hasPrefix("| trial | quality | loss | steps | a | failure |\n| --- |"))
  }

  @Test func rungsGrowAsTrialsFall() {
    let rungs = HalvingRungs(trialCount: 9, stepCount: 900, factor: 3).rungs
    #expect(rungs.map(\.trialCount) == [9, 3, 1] && rungs.map(\.step) == [100, 300, 900])
    let odd = HalvingRungs(trialCount: 5, stepCount: 10, factor: 2).rungs
    #expect(odd.map(\.trialCount) == [5, 3, 2, 1] && odd.map(\.step) == [1, 3, 5, 10])
    #expect(HalvingRungs(trialCount: 1, stepCount: 7, factor: 2).rungs.map(\.step) == [7])
  }

  /// A run that is stopped at a step is validated there, and goes on as if it had not been.
  @Test func runsStopAfterAStepAndGoOn() throws {
    let tagger = try TunedTagger()
    let recipe = try TunedTagger.recipe(
      "headRate: 2", steps: 6,
      training: ", validateEvery: 3, checkpointEvery: 3, averageLast: 2, earlyStoppingPatience: 2")
    let run = try tagger.run(recipe, "run")
    try run.run(until: 2, showsProgress: false)
    let summary = try RunSummary(of: run.directory)
    #expect(summary.step == 2 && summary.bestQuality != nil && !summary.isFinished)
    try run.run(until: 2, showsProgress: false)
    #expect(run.step == 2)
    try run.run(until: 90, showsProgress: false)
    #expect(try RunSummary(of: run.directory).isFinished && run.step == 6)
    let whole = try tagger.run(recipe, "whole")
    try whole.run(showsProgress: false)
    for file in ["training/checkpoint.safetensors", "model.safetensors", "best/model.safetensors"] {
      let bytes = try [run, whole].map {
        try Data(contentsOf: URL(filePath: "\($0.directory.path)/\(file)"))
      }
      #expect(bytes[0] == bytes[1], "\(file)")
    }
  }
}
