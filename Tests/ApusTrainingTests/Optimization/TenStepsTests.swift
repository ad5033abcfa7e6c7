import ApusLayers
import ApusModels
import ApusTensors
import Foundation
import Testing

@testable import ApusTraining

/// Ten AdamW steps of a small GPT and a small BERT against Tests/Peers/models/make_golden.py: all
/// losses and gradient norms, and every gradient of the first and the last step.
@Suite struct TenStepsTests {
  private struct Golden: Decodable {
    struct Step: Decodable {
      let ids: [[Int32]]
      let segments: [[Int32]]?
      let masked: [[Int]]?
      let labels: [[Int32]]?
      let next: [Int32]?
      let loss, norm: Double

      var batch: PretrainingBatch {
        guard let segments, let masked, let labels, let next else {
          var batch = PretrainingBatch(targets: .next(ids.flatMap { $0.dropFirst() }))
          append(ids.map { Array($0.dropLast()) }, to: &batch)
          return batch
        }
        let starts = ids.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
        let positions = zip(starts, masked).flatMap { start, masked in masked.map { start + $0 } }
        var batch = PretrainingBatch(
          targets: .masked(positions: positions, labels: labels.flatMap { $0 }))
        append(ids, to: &batch)
        batch.segmentIds = segments.flatMap { $0 }
        batch.nextLabels = next
        return batch
      }

      private func append(_ ids: [[Int32]], to batch: inout PretrainingBatch) {
        for sequence in ids {
          batch.ids += sequence
          batch.offsets.append(batch.ids.count)
        }
      }
    }

    let learning_rate: Float
    let betas: [Float]
    let epsilon, weight_decay: Float
    let clip_norm: Double
    let steps: [Step]
  }

  private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  @Test(arguments: ["gpt", "bert"])
  func lossesAndGradientsAreTheReferences(name: String) throws {
    let folder = Self.tests.appending(path: "ApusTrainingTests/Golden")
    let golden = try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: folder.appending(path: "\(name).json")))
    let gradientFile = try SafetensorsFile(
      contentsOf: folder.appending(path: "\(name).safetensors").path)
    let (model, store) = try ModelDirectory.load(
      Self.tests.appending(path: "ApusModelsTests/Golden/\(name)").path)
    let rule = UpdateRule.adam(
      beta1: golden.betas[0], beta2: golden.betas[1], epsilon: golden.epsilon,
      decouplesDecay: true)
    var states = store.parameters.map { parameter in
      rule.stateNames.map { _ in Tensor.zeros(parameter.shape) }
    }
    #expect(golden.steps.count == 10)
    for (index, step) in golden.steps.enumerated() {
      let batch = step.batch
      let loss = model.loss(batch, .evaluation(), of: batch.targetCounts).total
      #expect(abs(Double(loss.scalar) / step.loss - 1) < 1e-4, "loss of step \(index)")
      let gradients = loss.gradients(of: store.parameters)
      let norm = gradients.norm(of: store.parameters)
      #expect(abs(norm / step.norm - 1) < 1e-4, "norm of step \(index)")
      if index == 0 || index == golden.steps.count - 1 {
        try expect(gradients, of: store, in: gradientFile, index == 0 ? "first" : "last")
      }
      let update = UpdateRule.Step(
        index: index, rate: golden.learning_rate,
        gradientScale: Float(min(1, golden.clip_norm / (norm + 1e-6))))
      for (position, parameter) in store.parameters.enumerated() {
        rule.update(
          parameter, along: try #require(gradients[parameter]), state: &states[position], update,
          decay: golden.weight_decay)
      }
    }
  }

  /// Compares each gradient relative to its largest value; where the exact gradient is zero (the
  /// bias of keys), relative to a thousandth of the largest of all.
  private func expect(
    _ gradients: Gradients, of store: ParameterStore, in file: SafetensorsFile, _ label: String
  ) throws {
    let found = store.parameters.flatMap { parameter in
      gradients[parameter].map { parameter.named($0) } ?? []
    }
    #expect(found.count == file.entries.count { $0.name.hasPrefix("\(label)/") })
    let expected = try found.map { try file.tensor("\(label)/\($0.name)").floatElements }
    let largest = expected.joined().reduce(0) { max($0, abs($1)) }
    for ((name, gradient), expected) in zip(found, expected) {
      let scale = max(expected.reduce(0) { max($0, abs($1)) }, 1e-3 * largest)
      let worst = zip(gradient.floatElements, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(worst <= 1e-4 * scale, "\(label) \(name): off by \(worst / scale) of \(scale)")
    }
  }
}
