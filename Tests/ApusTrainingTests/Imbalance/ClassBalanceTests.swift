import ApusTensors
import Foundation
import Testing

@testable import ApusTraining

@Suite struct ClassBalanceTests {
  private let balance = ClassBalance(counts: [900, 90, 0, 10])

  @Test func sizes() {
    #expect(balance.exampleCount == 1000 && balance.rarestCount == 10 && balance.ratio == 90)
    #expect(ClassBalance(labels: [2, 0, 2], classCount: 4).counts == [1, 0, 2, 0])
  }

  /// scikit-learn 1.9: compute_class_weight("balanced", …) of the three classes that occur.
  @Test func inverseFrequencyIsScikitLearns() {
    let expected: [Double] = [10.0 / 27, 100.0 / 27, 0, 100.0 / 3]
    for (found, expected) in zip(balance.inverseFrequencyWeights, expected) {
      #expect(abs(found - expected) < 1e-12)
    }
  }

  /// The ratios are the paper's, the scale is ours.
  @Test func effectiveNumbersAreThoseOfThePaper() {
    let effective = balance.effectiveNumberWeights(beta: 0.99)
    func volume(_ count: Double) -> Double { (1 - pow(0.99, count)) / (1 - 0.99) }
    #expect(abs(effective[3] / effective[0] - volume(900) / volume(10)) < 1e-9)
    #expect(abs(effective[1] / effective[0] - volume(900) / volume(90)) < 1e-9)
    let sum = zip(effective, balance.counts).reduce(0.0) { $0 + $1.0 * Double($1.1) }
    #expect(abs(sum - 1000) < 1e-9 && effective[2] == 0)
    let even = balance.effectiveNumberWeights(beta: 0)
    #expect(even == [1, 1, 0, 1])
  }

  @Test func sharesOfAbsentClassesAreFinite() {
    #expect(abs(balance.logPriors[0] - log(0.9)) < 1e-12)
    #expect(abs(balance.logPriors[2] - log(0.001)) < 1e-12)
  }

  /// ln softmax(x + τ ln π) by hand.
  @Test func lossIsOfAdjustedLogits() {
    var recipe = ImbalanceRecipe()
    recipe.logitAdjustment = 1
    let balance = ClassBalance(counts: [3, 1])
    let loss = ClassLoss(recipe, balance)
    let logits = Tensor([0.5, -0.25, 1, 2] as [Float], [2, 2])
    let found = loss(logits, targets: Tensor([1, 0] as [Int32])).floatElements
    let (often, rare): ([Double], [Double]) = (
      [0.75 * exp(0.5), 0.75 * exp(1)], [0.25 * exp(-0.25), 0.25 * exp(2)]
    )
    let first = -log(rare[0] / (often[0] + rare[0]))
    let second = -log(often[1] / (often[1] + rare[1]))
    #expect(abs(Double(found[0]) - first) < 1e-6 && abs(Double(found[1]) - second) < 1e-6)
    #expect(
      ClassLoss(nil, balance)(logits, targets: Tensor([1, 0] as [Int32])).floatElements
        == crossEntropy(logits, targets: Tensor([1, 0] as [Int32])).floatElements)
  }

  @Test func evenClassesGetNothing() {
    #expect(ImbalanceRecipe.chosen(for: ClassBalance(counts: [100, 120])).section == nil)
    let (section, reason) = ImbalanceRecipe.chosen(for: ClassBalance(counts: [2400, 120]))
    #expect(section != nil && reason.contains("ratio 20.0:1, 120 texts"), "\(reason)")
  }
}
