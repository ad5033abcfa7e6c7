import ApusLayers
import ApusTensors

extension PretrainedNetwork {
  /// Whether there is a summary of whole texts that was trained with the network.
  public var hasPooler: Bool {
    guard case .transformer(.bert(let config)) = config else { return false }
    return weights.contains { $0.name.hasPrefix("\(config.family.names.pooler).") }
  }

  /// The weights under `predictions` that tell hidden tokens, as a directory of transformers has them
  /// beside a BERT; none where there are none.
  ///
  /// - Throws: `FileError` if a file can't be read; `InputError` for a tensor of another shape.
  public func maskedTokenHead() throws -> [(name: String, value: Tensor)] {
    guard case .transformer(.bert(let config)) = config, config.family == .bert,
      try ModelDirectory.modelType(of: directory) == config.family.rawValue
    else { return [] }
    let checkpoint = try ReferenceCheckpoint(of: directory, .bert(config))
    let place = "cls.predictions"
    guard checkpoint.entry(named: "\(place).transform.dense.weight") != nil else { return [] }
    let store = try ParameterStore.loading(from: checkpoint.tensor) { scope in
      let words = Embedding(
        count: config.vocabularySize, size: config.embeddingSize ?? config.hiddenSize,
        in: scope / "embeddings.word_embeddings")
      return MaskedTokenHead(config, words, in: scope / place)
    }.store
    return store.namedValues.filter { $0.name.hasPrefix(place) }
      .map { (String($0.name.dropFirst("cls.".count)), $0.value) }
  }
}
