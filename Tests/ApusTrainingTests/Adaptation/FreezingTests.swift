import ApusFiles
import ApusModels
import ApusTensors
import Testing

@testable import ApusTraining

@Suite struct FreezingTests {
  private let tagger: TunedTagger

  init() throws { tagger = try TunedTagger() }

  @Test func whatPatternsNameStaysAndHasNoState() throws {
    let recipe = try TunedTagger.recipe(
      "freeze: [encoder.embeddings.*, 'encoder.encoder.layer.[01].*', '*.LayerNorm.bias']")
    try tagger.run(recipe, "run").run(showsProgress: false)
    let (start, weights) = (try tagger.start(), try tagger.weights("run"))
    let states = try tagger.tensors("run", "optimizer.")
    for (name, values) in start {
      let isFrozen =
        name.hasPrefix("encoder.embeddings.") || name.contains("layer.0.")
        || name.contains("layer.1.") || name.hasSuffix("LayerNorm.bias")
      #expect((weights[name] == values) == isFrozen, "\(name)")
      // Values and keys have their state with the queries that they are stored with.
      guard !name.contains("self.key"), !name.contains("self.value") else { continue }
      #expect((states["\(name).moment1"] == nil) == isFrozen, "\(name)")
      #expect(states["\(name).updates"] == (isFrozen ? nil : [6]), "\(name)")
    }
  }

  /// Every two steps another block, from the top; embeddings last.
  @Test func blocksLearnOneByOneFromTheTop() throws {
    let recipe = try TunedTagger.recipe("unfreezeEvery: 2", steps: 9)
    let run = try tagger.run(recipe, "run")
    let start = try tagger.start()
    for (step, learning) in [
      (2, []), (3, ["layer.2."]), (4, ["layer.2."]), (5, ["layer.1.", "layer.2."]),
      (7, ["layer.0.", "layer.1.", "layer.2."]), (9, ["layer.", "embeddings."]),
    ] {
      try run.run(showsProgress: false) { run.step == step }
      let weights = try tagger.weights("run")
      for (name, values) in start {
        #expect(
          (weights[name] != values) == learning.contains(where: name.contains), "\(step): \(name)")
      }
    }
    let states = try tagger.tensors("run", "optimizer.")
    #expect(states["classifier.weight.updates"] == [9])
    #expect(states["encoder.encoder.layer.1.output.dense.bias.updates"] == [5])
    #expect(states["encoder.embeddings.LayerNorm.weight.updates"] == [1])
  }

  @Test(arguments: ["unfreezeEvery: 2", "unfreezeEveryEpochs: 1", "freeze: ['*.bias']"])
  func stoppedRunsEndWithTheSameBits(_ adaptation: String) throws {
    #expect(try tagger.resumes(try TunedTagger.recipe(adaptation, steps: 7), at: 3))
  }

  @Test func refusesPatternsThatMeanNothing() throws {
    func failure(_ adaptation: String) throws -> String {
      let recipe = try TunedTagger.recipe(adaptation)
      let error = #expect(throws: InputError.self) { try tagger.run(recipe, "refused") }
      return error?.description ?? ""
    }
    #expect(
      try failure("freeze: [encoder.embedings.*]").contains(
        "adaptation.freeze to match names of parameters (near: encoder.embeddings.*,"))
    #expect(
      try failure("freeze: [layer.0.attention.output.dense.weight]").contains(
        "near: *layer.0.attention.output.dense.weight"))
    #expect(try failure("rates: {nothing: 2}").contains("adaptation.rates"))
    #expect(
      try failure("freeze: ['*.self.query.weight']").contains(
        "self.key.weight with encoder.encoder.layer.0.attention.self.query.weight"))
    #expect(try failure("freeze: ['*']").contains("to leave something to learn"))
  }

  @Test func refusesWhatNeedsAnEncoder() throws {
    let plain = ParameterStore(seed: 1)
    _ = plain.root.parameter("w", [2], .zeros)
    func failure(_ encoder: String?, _ change: (inout AdaptationRecipe) -> Void) -> String? {
      var recipe = AdaptationRecipe()
      change(&recipe)
      do throws(InputError) {
        _ = try Adaptation(
          recipe, of: plain.parameters, from: StartingPoint(encoder: encoder), epoch: nil)
        return nil
      } catch {
        return error.description
      }
    }
    #expect(failure(nil) { $0.headRate = 2 }?.contains("no adaptation.headRate") == true)
    #expect(failure("w") { $0.layerDecay = 0.5 }?.contains("numbered blocks") == true)
    #expect(failure("w") { $0.headRate = 2 } == nil && failure(nil) { _ in } == nil)
    #expect(failure("w") { $0.unfreezeEvery = 2 }?.contains("numbered blocks") == true)
  }

  /// The steps down from the heads, for the names of each family.
  @Test func blocksAreCountedFromTheTop() {
    func depths(_ names: [String], _ prefix: String) -> [Int] {
      let blocks = EncoderBlocks(names, encoder: prefix)
      return names.map(blocks.depth)
    }
    let bert = [
      "e.embeddings.w", "e.encoder.layer.0.a.w", "e.encoder.layer.11.a.w", "e.pooler.dense.w",
      "head.3.w",
    ]
    #expect(depths(bert, "e.") == [13, 12, 1, 0, 0])
    let speech = [
      "wav2vec2.feature_extractor.conv_layers.6.conv.weight",
      "wav2vec2.feature_projection.projection.weight", "wav2vec2.encoder.layers.0.w",
      "wav2vec2.encoder.layers.1.w", "wav2vec2.encoder.layer_norm.w", "lm_head.w",
    ]
    #expect(depths(speech, "wav2vec2.") == [3, 3, 2, 1, 0, 0])
    let elmo = [
      "encoder.words.convolutions.1.weight", "encoder.rnn.weight_ih_l0",
      "encoder.rnn.weight_ih_l1_reverse", "mix.gamma",
    ]
    #expect(depths(elmo, "encoder.") == [3, 2, 1, 0])
    #expect(EncoderBlocks(["e.w", "head"], encoder: "e.").count == 0)
  }
}
