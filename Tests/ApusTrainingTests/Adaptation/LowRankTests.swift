import ApusFiles
import ApusModels
import ApusTensors
import Testing

@testable import ApusTraining

@Suite struct LowRankTests {
  private static let adaptation = """
    loraRank: 2
    loraAlpha: 8
    loraTargets: [query, self.value, 'encoder.encoder.layer.1.*.dense']
    """
  private let tagger: TunedTagger

  init() throws { tagger = try TunedTagger() }

  /// The encoder stays, the factors learn, and what is written is merged.
  @Test(arguments: ["", ", emaDecay: 0.5", ", averageLast: 2, checkpointEvery: 2"])
  func writesTheMergedModelAndTheAdapter(_ training: String) throws {
    let recipe = try TunedTagger.recipe(Self.adaptation, training: training, rate: "0.05")
    let run = try tagger.run(recipe, "run")
    try run.run(showsProgress: false)
    let (start, weights) = (try tagger.start(), try tagger.weights("run"))
    for (name, values) in start { #expect(weights[name] == values, "\(name)") }
    let factors = weights.keys.filter { $0.contains("lora_") }
    // Queries and values of three blocks, and three maps of one.
    #expect(factors.count == 18)
    #expect(weights["encoder.encoder.layer.0.attention.self.key.lora_A.weight"] == nil)
    let states = try tagger.tensors("run", "optimizer.").keys.filter { $0.hasSuffix(".moment1") }
    #expect(states.count == 18 + weights.keys.count { $0.hasPrefix("classifier.") })

    for place in [run.directory.path, run.directory.best] {
      let adapter = try Adapter(contentsOf: "\(place)/adapter")
      #expect(adapter.config.rank == 2 && adapter.config.scale == 4)
      #expect(adapter.config.targets.contains("encoder.layer.2.attention.self.value"))
      let merged = "\(tagger.directory.path)/merged"
      try ModelDirectory.merge(adapter, into: tagger.network, output: merged)
      let (encoder, tuned) = (
        try PretrainedNetwork(merged).weights, try WordTagger.load(place).store.namedValues
      )
      let found = Dictionary(uniqueKeysWithValues: tuned.map { ($0.name, $0.value.floatElements) })
      #expect(!found.keys.contains { $0.contains("lora_") })
      for (name, value) in encoder {
        let written = try #require(found["encoder.\(name)"])
        let worst = zip(value.floatElements, written).map { abs($0 - $1) }.max() ?? 1
        #expect(worst < 1e-6, "\(name)")
        let isTarget =
          name.hasSuffix("query.weight") || name.hasSuffix("value.weight")
          || name.contains("layer.1.") && name.hasSuffix("dense.weight")
        #expect((written != start["encoder.\(name)"]) == isTarget, "\(name)")
      }
    }
  }

  @Test(arguments: [
    adaptation, "\(adaptation)\nunfreezeEvery: 2", "mixout: 0.3\nunfreezeEvery: 2",
    "reinitializedBlocks: 1\nadversarialStep: 0.5", "\(adaptation)\nadversarialStep: 0.5",
  ])
  func stoppedRunsEndWithTheSameBits(_ adaptation: String) throws {
    #expect(try tagger.resumes(try TunedTagger.recipe(adaptation, steps: 7), at: 3))
  }

  @Test func drawsTheNamedBlocksAnewAndNothingElse() throws {
    let run = try tagger.run(try TunedTagger.recipe("reinitializedBlocks: 2"), "run")
    let parameters = ParameterStore(seed: 7, from: run.task.start)
    _ = run.task.model(in: parameters.root)
    var section = AdaptationRecipe()
    section.reinitializedBlocks = 2
    let start = try Adaptation(
      section, of: parameters.parameters, from: run.task.start, epoch: nil
    ).start
    let drawn = ParameterStore(seed: 7, from: start)
    _ = run.task.model(in: drawn.root)
    for (before, after) in zip(parameters.namedValues, drawn.namedValues) {
      let isIn = before.name.contains("layer.1.") || before.name.contains("layer.2.")
      // Norms and biases are drawn as they were in this encoder.
      let isDrawn = isIn && before.value.rank == 2
      #expect(
        (before.value.floatElements != after.value.floatElements) == isDrawn, "\(before.name)")
      #expect((start.values[before.name] == nil) == (isIn || !before.name.hasPrefix("encoder.")))
    }
  }

  /// The gradient here and that a step of the given length up the slope, added.
  @Test func adversarialStepsAreAddedToTheGradients() throws {
    let store = ParameterStore(seed: 1)
    let table = store.root.parameter("e.words.weight", [2, 2], .uniform(1), role: .table)
    var section = AdaptationRecipe()
    section.adversarialStep = 0.5
    let adaptation = try Adaptation(
      section, of: store.parameters, from: StartingPoint(encoder: "e."), epoch: nil)
    let slopes: [Float] = [1, -2, 0.5, 3]
    func loss() -> Tensor { (table.value * table.value * Tensor(slopes, [2, 2])).sum() }
    let found = adaptation.gradients(of: store.parameters, loss(), at: 0, again: loss)
    let values = table.stored.floatElements
    let first = zip(values, slopes).map { 2 * $0 * $1 }
    let length = first.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let expected = zip(zip(values, slopes), first).map { pair, slope in
      slope + 2 * (pair.0 + 0.5 * slope / length) * pair.1
    }
    let gradient = try #require(found[table]).floatElements
    #expect(zip(gradient, expected).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(table.value.floatElements == values)
  }

  @Test func refusesWhatHasNoEffect() throws {
    func failure(_ adaptation: String) throws -> String {
      let recipe = try TunedTagger.recipe(adaptation)
      let error = #expect(throws: InputError.self) { try tagger.run(recipe, "refused") }
      return error?.description ?? ""
    }
    #expect(
      try failure("loraRank: 2\nloraTargets: [q_proj]").contains(
        "encoder's modules dense, key, query, value, got \"q_proj\""))
    #expect(try failure("\(Self.adaptation)\nmixout: 0.1").contains("no map of the encoder learns"))
    #expect(try failure("reinitializedBlocks: 4").contains("at most the encoder's 3"))
    #expect(throws: InputError.self) { try TunedTagger.recipe("loraRank: 2") }
    #expect(throws: InputError.self) { try TunedTagger.recipe("loraTargets: [query]") }
    let error = #expect(throws: InputError.self) {
      try TunedTagger.recipe("\(Self.adaptation)\nloraDropout: 0.1")
    }
    #expect(error?.description.contains("loraDropout") == true)
  }
}
