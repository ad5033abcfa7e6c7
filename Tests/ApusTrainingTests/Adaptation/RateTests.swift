import ApusTensors
import Foundation
import Testing

@testable import ApusTraining

@Suite struct RateTests {
  /// Two steps of AdamW worked by hand for parameters of different rates, one of which learns from
  /// the second step on alone.
  @Test func ratesAndYoungAveragesArePerParameter() {
    let names = ["slow", "plain", "late"]
    let parameters = names.map { Parameter($0, Tensor([1, -2] as [Float], [1, 2])) }
    var recipe = OptimizerRecipe(kind: .adamw, learningRate: 0.1)
    recipe.weightDecay = 0.2
    var optimizer = Optimizer(recipe, parameters: parameters) { $0.name == "slow" ? 0.25 : 1 }
    let gradients: [[Double]] = [[0.5, -1], [2, 0.25]]
    for (step, gradient) in gradients.enumerated() {
      let slope = Tensor(gradient.map(Float.init), [1, 2])
      let loss = parameters.prefix(step == 0 ? 2 : 3).map { ($0.value * slope).sum() }
        .reduce(Tensor(0), +)
      optimizer.step(along: loss.gradients(of: parameters), rate: 0.1)
      #expect(optimizer.namedState.count == (step == 0 ? 6 : 9))
    }
    let settings: [(rate: Double, first: Int)] = [(0.025, 0), (0.1, 0), (0.1, 1)]
    for (parameter, (rate, first)) in zip(parameters, settings) {
      for element in 0..<2 {
        var (weight, mean, square) = ([1.0, -2.0][element], 0.0, 0.0)
        for (count, both) in gradients.dropFirst(first).enumerated() {
          let gradient = both[element]
          mean = 0.9 * mean + 0.1 * gradient
          square = 0.999 * square + 0.001 * gradient * gradient
          let (m, v) = (
            mean / (1 - pow(0.9, Double(count + 1))), square / (1 - pow(0.999, Double(count + 1)))
          )
          weight -= rate * 0.2 * weight
          weight -= rate * m / (v.squareRoot() + 1e-8)
        }
        let found = Double(parameter.stored.floatElements[element])
        #expect(abs(found - weight) < 1e-6, "\(parameter.name)")
      }
    }
  }

  /// The first step of AdamW moves each weight by the rate, whatever the gradient, so that moves tell
  /// the rates.
  @Test func ratesFallFromBlockToBlock() throws {
    let tagger = try TunedTagger()
    let recipe = try TunedTagger.recipe(
      """
      layerDecay: 0.5
      headRate: 4
      rates: {'*.1.output.dense.bias': 3, '*.bias': 2}
      """, steps: 1, rate: "0.001")
    let run = try tagger.run(recipe, "run")
    var before = run.task.start.values.mapValues(\.floatElements)
    for (name, value) in ParameterStore.drawn(run.task) where before[name] == nil {
      before[name] = value
    }
    try run.run(showsProgress: false)
    let weights = try tagger.weights("run")
    for (name, factor) in [
      ("encoder.embeddings.LayerNorm.weight", 0.0625),
      ("encoder.encoder.layer.0.attention.output.LayerNorm.weight", 0.125),
      ("encoder.encoder.layer.1.output.dense.bias", 0.25 * 3),
      ("encoder.encoder.layer.2.output.dense.bias", 0.5 * 2),
      ("encoder.encoder.layer.2.output.LayerNorm.weight", 0.5), ("classifier.bias", 4 * 2),
    ] {
      let (old, new) = (try #require(before[name]), try #require(weights[name]))
      let moves = zip(old, new).map { abs(Double($0 - $1)) }.sorted()
      let median = moves[moves.count / 2]
      #expect(abs(median / (0.001 * factor) - 1) < 0.02, "\(name): \(median)")
    }
  }
}

extension ParameterStore {
  /// The values that a task's model starts with.
  static func drawn(_ task: TaggingTask) -> [(name: String, value: [Float])] {
    let store = ParameterStore(seed: 7, from: task.start)
    _ = task.model(in: store.root)
    return store.namedValues.map { ($0.name, $0.value.floatElements) }
  }
}
