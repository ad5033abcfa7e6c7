import ApusTensors
import Foundation
import Testing

@testable import ApusTraining

/// Update rules against Tests/Peers/optimizers/make_golden.py.
@Suite struct OptimizerTests {
  private static let count = 8

  private static func recipe(_ name: String) -> OptimizerRecipe {
    let parts = name.split(separator: "-")
    let kind = OptimizerRecipe.Kind(rawValue: String(parts[0])) ?? .sgd
    var recipe = OptimizerRecipe(kind: kind, learningRate: 0.05)
    recipe.beta2 = 0.99
    recipe.weightDecay = 0.1
    if parts.count > 1 { recipe.momentum = 0.9 }
    recipe.nesterov = name == "sgd-nesterov"
    return recipe
  }

  private static func parameter() -> Parameter {
    Parameter(
      "w", Tensor((0..<count).map { index -> Float in Float(sin(Double(index + 1))) }, [1, count]))
  }

  private static func gradient(_ step: Int) -> Tensor {
    let values = (0..<count).map { index -> Float in
      let (i, s) = (Double(index), Double(step))
      return Float(cos(0.7 * i + 1.3 * s) * (1 + i / 4))
    }
    return Tensor(values, [1, count])
  }

  @Test(arguments: [
    "adamw", "adam", "lamb", "sgd", "sgd-momentum", "sgd-nesterov", "adagrad", "adadelta",
    "rmsprop", "rmsprop-momentum",
  ])
  func followsTheReference(name: String) throws {
    let expected = try #require(try Self.golden()[name])
    let recipe = Self.recipe(name)
    let rule = UpdateRule(recipe)
    let parameter = Self.parameter()
    var state = rule.stateNames.map { _ in Tensor.zeros(parameter.shape) }
    #expect(expected.count == 6)
    for (index, weights) in expected.enumerated() {
      rule.update(
        parameter, along: Self.gradient(index), state: &state,
        UpdateRule.Step(index: index, rate: 0.05), decay: Float(recipe.weightDecay))
      let found = parameter.value.detached.elements(as: Float.self)
      for (found, expected) in zip(found, weights) {
        #expect(abs(Double(found) - expected) < 2e-6, "\(name), step \(index)")
      }
    }
  }

  @Test func vectorsDoNotDecay() {
    let vector = Parameter("b", Tensor.ones([3]))
    let matrix = Parameter("w", Tensor.ones([1, 3]))
    var recipe = OptimizerRecipe(kind: .sgd, learningRate: 0.1)
    recipe.weightDecay = 0.5
    var optimizer = Optimizer(recipe, parameters: [vector, matrix])
    let loss = (vector.value * 0 + matrix.value * 0).sum()
    optimizer.step(along: loss.gradients(of: [vector, matrix]), rate: 0.1)
    #expect(vector.value.detached.elements(as: Float.self) == [1, 1, 1])
    #expect(matrix.value.detached.elements(as: Float.self) == [0.95, 0.95, 0.95])
  }

  @Test func longGradientsAreScaledToTheNormAndClamped() {
    func moved(clipNorm: Double? = nil, clipValue: Double? = nil) -> [Float] {
      let parameter = Parameter("w", Tensor.zeros([1, 2]))
      var optimizer = Optimizer(
        OptimizerRecipe(kind: .sgd, learningRate: 1), parameters: [parameter])
      let loss = (parameter.value * Tensor([3, 4] as [Float], [1, 2])).sum()
      optimizer.step(
        along: loss.gradients(of: [parameter]), rate: 1, clipNorm: clipNorm, clipValue: clipValue)
      return parameter.value.detached.elements(as: Float.self).map { -$0 }
    }
    #expect(moved() == [3, 4])
    #expect(zip(moved(clipNorm: 1), [0.6, 0.8]).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(moved(clipNorm: 10) == [3, 4])
    #expect(moved(clipValue: 3.5) == [3, 3.5])
  }

  @Test func restoredStateContinuesWithTheSameBits() throws {
    func run(restoringAt restart: Int?) throws -> [Float] {
      let parameter = Self.parameter()
      var optimizer = Optimizer(Self.recipe("adamw"), parameters: [parameter])
      for step in 0..<6 {
        if step == restart {
          let state = Dictionary(
            uniqueKeysWithValues: optimizer.namedState.map { ($0.name, $0.value) })
          optimizer = Optimizer(Self.recipe("adamw"), parameters: [parameter])
          try optimizer.restore { name, _ in try #require(state[name]) }
        }
        let loss = (parameter.value * Self.gradient(step)).sum()
        optimizer.step(along: loss.gradients(of: [parameter]), rate: 0.05)
      }
      return parameter.value.detached.elements(as: Float.self)
    }
    #expect(try run(restoringAt: 3) == run(restoringAt: nil))
  }

  private static func golden() throws -> [String: [[Double]]] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Golden/optimizers.json")
    return try JSONDecoder().decode([String: [[Double]]].self, from: Data(contentsOf: file))
  }
}
