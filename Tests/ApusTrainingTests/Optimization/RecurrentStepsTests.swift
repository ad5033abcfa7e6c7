import ApusLayers
import ApusModels
import ApusTensors
import Foundation
import Testing

@testable import ApusTraining

/// Ten steps of a recurrent language model against Tests/Peers/optimizers/make_recurrent_steps.py.
@Suite struct RecurrentStepsTests {
  private let golden: SafetensorsFile

  init() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    golden = try SafetensorsFile(
      contentsOf: folder.appending(path: "Golden/recurrent.safetensors").path)
  }

  private var config: RecurrentConfig {
    var config = RecurrentConfig(
      .lstm, vocabularySize: 23, embeddingSize: 6, hiddenSize: 6, layerCount: 2)
    config.tiedEmbeddings = true
    return config
  }

  /// Names, losses with penalties, carried states, clipped norms and the weights after ten steps; in
  /// one part a step, and in two parts of some rows each.
  @Test(arguments: [1, 2]) func stepsArePyTorchs(partCount: Int) throws {
    let golden = golden
    let (model, store) = try ParameterStore.loading(
      from: { name, shape in try golden.tensor("first.\(name)", shape: shape) }
    ) { RecurrentLanguageModel(config, in: $0) }
    let names = golden.entries.map(\.name).filter { $0.hasPrefix("first.") }
    #expect(Set(store.namedValues.map { "first.\($0.name)" }) == Set(names))

    var recipe = OptimizerRecipe(kind: .sgd, learningRate: 2)
    recipe.weightDecay = 0
    var optimizer = Optimizer(recipe, parameters: store.parameters)
    let ids = try golden.tensor("ids").elements(as: Int32.self)
    let (losses, totals, norms) = (
      try golden.tensor("losses").floatElements, try golden.tensor("totals").floatElements,
      try golden.tensor("norms").floatElements
    )
    var states = [[RecurrentState]?](repeating: nil, count: partCount)
    for step in 0..<10 {
      let rows = (0..<4).map { row in Array(ids[(step * 4 + row) * 6..<(step * 4 + row + 1) * 6]) }
      let counts = TargetCounts(tokens: 20)
      var (loss, total) = (0.0, 0.0)
      var gradients: Gradients?
      for part in 0..<partCount {
        let own = rows[part * 4 / partCount..<(part + 1) * 4 / partCount]
        let (found, last) = model.loss(
          batch(own), from: states[part], RecurrentPenalties(activation: 2, change: 1),
          .training(seed: 0, step: step), of: counts)
        states[part] = last
        loss += Double(found.tokens.scalar)
        total += Double(found.total.scalar)
        let share = found.total.gradients(of: store.parameters)
        if gradients == nil { gradients = share } else { gradients?.add(share) }
      }
      #expect(abs(loss / Double(losses[step]) - 1) < 1e-5, "loss of step \(step)")
      #expect(abs(total / Double(totals[step]) - 1) < 1e-5, "total of step \(step)")
      let taken = gradients.take()
      let sum = try #require(taken)
      let norm = sum.norm(of: store.parameters)
      #expect(abs(norm / Double(norms[step]) - 1) < 1e-4, "norm of step \(step)")
      optimizer.step(along: sum, rate: 2, clipNorm: 0.25)
    }
    for (name, value) in store.namedValues {
      let expected = try golden.tensor("last.\(name)").floatElements
      let worst = zip(value.floatElements, expected).map { abs($0 - $1) }.max() ?? .infinity
      #expect(worst < 1e-4, "\(name): \(worst)")
    }
  }

  private func batch(_ rows: ArraySlice<[Int32]>) -> PretrainingBatch {
    var batch = PretrainingBatch(targets: .next(rows.flatMap { $0.dropFirst() }))
    for row in rows {
      batch.ids += row.dropLast()
      batch.offsets.append(batch.ids.count)
    }
    return batch
  }
}
