import ApusTensors
import ApusText
import ApusVectors

/// GloVe: a step learns from a part of all pairs of words that stand near each other.
///
/// The text is read once, to count; the pairs are learnt from in one random order.
///
/// - Source: Pennington et al., EMNLP 2014.
struct CooccurrenceRegression: WordVectorLearner {
  private let text: WordText
  private let recipe: WordVectorRecipe
  private let rate: Double
  private let partSize: Int
  private let pairs: Cooccurrences
  private var learnt: GloVeWeights

  /// - Parameters:
  ///   - recipe: Of the kind GloVe.
  ///   - text: What is counted.
  ///   - rate: AdaGrad's.
  ///   - partSize: The pairs of a step.
  ///   - seed: What weights and the order depend on.
  init(_ recipe: WordVectorRecipe, _ text: WordText, rate: Double, partSize: Int, seed: Int) {
    self.text = text
    self.recipe = recipe
    self.rate = rate
    self.partSize = partSize
    let counter = CooccurrenceCounter(window: recipe.window)
    for number in 0..<text.partCount {
      let part = text.part(number)
      counter.add(part.ids, ends: part.ends)
    }
    pairs = counter.shuffled(RandomKey(seed: UInt64(seed), name: "pairs"))
    learnt = GloVeWeights(
      wordCount: text.vocabulary.count, columnCount: recipe.dimension,
      RandomKey(seed: UInt64(seed), name: "vectors"))
  }

  var stepCountOfEpoch: Int { max(1, (pairs.count + partSize - 1) / partSize) }

  mutating func learn(step: Int) -> WordVectorStep {
    let start = step % stepCountOfEpoch * partSize
    let range = start..<min(start + partSize, pairs.count)
    let loss = learnt.learn(
      pairs, range, rate: Float(rate), limit: recipe.countLimit, power: recipe.countPower)
    return WordVectorStep(
      loss: loss / Double(max(1, range.count)), rate: rate, count: range.count)
  }

  var weights: [(name: String, value: Tensor)] { members(areState: false) }
  var optimizerState: [(name: String, value: Tensor)] { members(areState: true) }

  private func members(areState: Bool) -> [(name: String, value: Tensor)] {
    GloVeWeights.members.filter { $0.name.hasSuffix("squares") == areState }
      .map { ($0.name, learnt[keyPath: $0.path]) }
  }

  mutating func restore(
    weight: (String, [Int]) throws -> Tensor, optimizer: (String, [Int]) throws -> Tensor
  ) throws {
    for (name, path) in GloVeWeights.members {
      let shape = learnt[keyPath: path].shape
      let isState = name.hasSuffix("squares")
      learnt[keyPath: path] = try isState ? optimizer(name, shape) : weight(name, shape)
    }
  }

  func vectors() -> WordVectors {
    WordVectors(text.vocabulary, learnt.vectors, counts: text.counts)
  }
}
