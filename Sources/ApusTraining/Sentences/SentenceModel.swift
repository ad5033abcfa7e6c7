import ApusLayers
import ApusModels
import ApusTensors

/// An encoder of texts with what its loss learns beside it.
public struct SentenceModel: Sendable {
  public let encoder: SentenceEncoder
  /// The weights of the labels; nil for losses without labels.
  let classes: Parameter?
  /// The centres of the labels' texts; nil without such a loss.
  let centres: Parameter?

  init(
    _ config: LanguageModelConfig, _ head: SentenceHead, _ recipe: SentenceRecipe, labelCount: Int,
    outputSize: Int, in scope: Scope
  ) {
    encoder = SentenceEncoder(config, head, in: scope)
    let place = scope / "loss"
    let shape = [labelCount, outputSize]
    classes =
      recipe.rows == .labelled ? place.parameter("classes", shape, .xavierUniform) : nil
    centres =
      recipe.rows == .labelled && recipe.centreWeight > 0
      ? place.parameter("centres", shape, .zeros) : nil
  }

  /// The sum of the losses of a batch's rows.
  func loss(_ batch: SentenceBatch, _ recipe: SentenceRecipe, _ mode: Mode) -> Tensor {
    let embeddings = encoder(batch.ids, mode)
    let count = batch.rowCount
    guard recipe.rows != .labelled else { return labelLoss(embeddings, batch, recipe) }
    let first = embeddings.rows(0..<count)
    // Behind the anchors stand positives, then negatives.
    let others = embeddings.rows(count..<embeddings.rowCount)
    let size = embeddings.columnCount
    let dimensions = recipe.dimensions.filter { $0 < size }
    guard !recipe.dimensions.isEmpty else { return pairLoss(first, others, batch, recipe) }
    return matryoshka(
      [first, others], dimensions: [size] + dimensions,
      weights: [Float](repeating: 1, count: 1 + dimensions.count)
    ) { pairLoss($0[0], $0[1], batch, recipe) }
  }

  private func pairLoss(
    _ first: Tensor, _ others: Tensor, _ batch: SentenceBatch, _ recipe: SentenceRecipe
  ) -> Tensor {
    let count = batch.rowCount
    let (scale, margin) = (Float(recipe.scale), recipe.usedMargin)
    let second = others.rows(0..<count)
    let targets = Tensor(batch.targets)
    switch recipe.loss {
    case .ranking:
      return multipleNegativesRanking(
        first, others, scale: scale, isSymmetric: recipe.symmetric
      ).sum()
    case .triplet:
      return triplet(first, second, others.rows(count..<2 * count), margin: margin).sum()
    // One value for the batch, which counts as that of each row.
    case .cosent: return cosent(first, second, scores: targets, scale: scale) * Float(count)
    case .cosine: return cosineRegression(first, second, scores: targets).sum()
    case .contrastive: return contrastive(first, second, labels: targets, margin: margin).sum()
    case .onlineContrastive:
      return onlineContrastive(first, second, labels: targets, margin: margin) * Float(count)
    case .largeMargin, .angularMargin, .additiveMargin, .additiveAngularMargin:
      preconditionFailure("pairLoss: expected a loss of pairs, got \(recipe.loss)")
    }
  }

  private func labelLoss(
    _ embeddings: Tensor, _ batch: SentenceBatch, _ recipe: SentenceRecipe
  ) -> Tensor {
    guard let softmax = recipe.marginSoftmax, let classes else {
      preconditionFailure("labelLoss: expected a loss of labels, got \(recipe.loss)")
    }
    let labels = Tensor(batch.targets.map { Int32($0) })
    let losses = softmax(embeddings, classes.value, labels: labels).sum()
    guard let centres else { return losses }
    let distances = centreLoss(embeddings, labels: labels, centres: centres.value).sum()
    return losses + distances * Float(recipe.centreWeight)
  }
}
