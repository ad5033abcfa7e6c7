import ApusTensors
import ApusText
import ApusVectors
import Foundation

/// Skip-gram and CBOW: a step learns from a part of the text.
///
/// The rate falls evenly from word to word over the whole run; frequent words are dropped at random, a
/// word of share f being kept with probability √(t/f) + t/f. Both are those of the authors' program.
///
/// - Source: Mikolov et al. 2013, "Distributed Representations…", §2.3.
struct ContextPrediction: WordVectorLearner {
  private let text: WordText
  private let pass: WordVectorPass
  private let rule: Subwords.Rule?
  private let rates: (first: Double, last: Double)
  /// The words of the whole run.
  private let wordCount: Int
  private var learnt: WordVectorWeights

  /// - Parameters:
  ///   - recipe: Of the kind skip-gram or CBOW.
  ///   - text: What is learnt from.
  ///   - rates: At the beginning and at the end of the run.
  ///   - stepCount: The steps of the run; nil for `epochs` passes over the text.
  ///   - seed: What weights and draws depend on.
  init(
    _ recipe: WordVectorRecipe, _ text: WordText, rates: (first: Double, last: Double),
    stepCount: Int, seed: Int
  ) {
    self.text = text
    self.rates = rates
    let (epochs, rest) = stepCount.quotientAndRemainder(dividingBy: text.partCount)
    wordCount =
      epochs * text.wordCount + (rest > 0 ? text.wordRange(ofPart: rest - 1).upperBound : 0)
    let vocabulary = text.vocabulary
    rule = recipe.subwordRule
    let shares = text.counts.map { count in
      let ratio = recipe.subsampling * Double(text.wordCount) / Double(count)
      return recipe.subsampling == 0 ? 1 : ratio.squareRoot() + ratio
    }
    let prediction: WordVectorPass.Prediction =
      switch recipe.prediction {
      case .negatives:
        .negatives(
          AliasTable(text.counts.map { pow(Double($0), recipe.samplingPower) }),
          count: recipe.negatives)
      case .tree: .tree(HuffmanTree(counts: text.counts))
      }
    pass = WordVectorPass(
      prediction, window: recipe.window, isBag: recipe.kind == .cbow, keptShares: shares,
      subwords: rule.map { Subwords.rows(of: vocabulary, $0) },
      RandomKey(seed: UInt64(seed), name: "word vectors"))
    learnt = WordVectorWeights(
      inputCount: vocabulary.count + (rule?.bucketCount ?? 0), outputCount: pass.outputCount,
      columnCount: recipe.dimension, RandomKey(seed: UInt64(seed), name: "vectors"))
  }

  var stepCountOfEpoch: Int { text.partCount }

  mutating func learn(step: Int) -> WordVectorStep {
    let (epoch, number) = step.quotientAndRemainder(dividingBy: text.partCount)
    let part = text.part(number)
    let fall = (rates.first - rates.last) / Double(wordCount)
    let rate = WordVectorPass.Rate(
      first: rates.first - fall * Double(epoch * text.wordCount), step: fall, least: rates.last)
    let loss = pass.learn(
      part.ids, ends: part.ends, first: part.first, epoch: epoch, rate: rate, &learnt)
    return WordVectorStep(
      loss: loss.count > 0 ? loss.mean : 0, rate: rate.first - fall * Double(part.first),
      count: part.ids.count)
  }

  var weights: [(name: String, value: Tensor)] {
    [("inputs", learnt.inputs.values), ("outputs", learnt.outputs.values)]
  }

  var optimizerState: [(name: String, value: Tensor)] { [] }

  mutating func restore(
    weight: (String, [Int]) throws -> Tensor, optimizer: (String, [Int]) throws -> Tensor
  ) throws {
    learnt.inputs.values = try weight("inputs", learnt.inputs.values.shape)
    learnt.outputs.values = try weight("outputs", learnt.outputs.values.shape)
  }

  func vectors() -> WordVectors {
    let inputs = learnt.inputs.rows
    guard let rule else { return WordVectors(text.vocabulary, inputs, counts: text.counts) }
    return WordVectors(text.vocabulary, counts: text.counts, Subwords(rule, inputs: inputs))
  }
}
