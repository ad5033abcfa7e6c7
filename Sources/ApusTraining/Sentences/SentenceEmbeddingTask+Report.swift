import ApusLayers
import ApusModels
import ApusTensors

extension SentenceEmbeddingTask {
  /// Writes beside a saved model what it is, what it learnt from, and how well its vectors tell the
  /// validation pairs.
  public func finish(_ path: String, _ precision: Mode.Precision) throws -> String? {
    var card = ModelCard(
      title: recipe.name,
      summary:
        "An encoder of sentences (\(config.modelType)), trained with Apus from \(names.encoder) by "
        + "the loss \(section.loss.rawValue): texts that are alike get vectors at small angles.")
    card.settings = try recipe.settings
    (card.command, card.seed) = (command, UInt64(recipe.training.seed))
    card.data.append(
      ModelCard.Source(use: "training", path: names.training, exampleCount: examples.ids.count))
    card.limits = [ModelCard.otherTexts]
    if let validation, let name = names.validation,
      let score = similarity(try Self.encoder(of: path, config), precision)?.cosine
    {
      card.data.append(
        ModelCard.Source(use: "validation", path: name, exampleCount: validation.ids.count))
      card.results = [("spearman", score.spearman), ("pearson", score.pearson)]
        .filter { $0.1.isFinite }
        .map { ModelCard.Result(task: "similarity", data: name, metric: $0.0, value: $0.1) }
      card.limits.append(ModelCard.chosen(by: "pairs"))
    } else {
      card.limits.append(ModelCard.unmeasured(without: "pairs"))
    }
    try card.write(to: path)
    return nil
  }

  /// The encoder as it was saved.
  private static func encoder(
    of path: String, _ config: LanguageModelConfig
  ) throws -> SentenceEncoder {
    let modules = try SentenceModules(of: path)
    let start = SentenceEncoder.start(
      from: try PretrainedNetwork(modules.encoder), modules.head)
    return SentenceEncoder(
      config, modules.head, in: ParameterStore(seed: 0, from: start).root)
  }
}
