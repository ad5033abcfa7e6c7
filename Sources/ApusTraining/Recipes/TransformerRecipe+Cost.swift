extension TransformerRecipe: ModelSection {
  static var kinds: [String] { Kind.allCases.map(\.rawValue) }

  var kindName: String { kind.rawValue }
  var longestSequence: Int? { contextLength }
  static var canRecompute: Bool { true }
  var objective: ObjectiveRecipe.Kind { kind == .gpt ? .causal : .masked }

  /// Those of the heads for pretraining are included.
  func parameterCount(vocabularySize: Int) -> Double {
    let (size, wide) = (Double(hiddenSize), Double(intermediateSize))
    let ids = Double(self.vocabularySize ?? vocabularySize)
    let attention = 4 * size * (size + 1)
    let feedForward = 2 * size * wide + size + wide
    let blocks = Double(layerCount) * (attention + feedForward + 4 * size)
    let tables = ids + (positions == .learned ? Double(contextLength) : 0)
    let head = tiedEmbeddings ? 0 : ids * size
    switch kind {
    case .gpt: return tables * size + blocks + 2 * size + head
    case .bert:
      // Two segments and a norm beside the embeddings; pooler, masked-language-model transform
      // with its norm and bias per id, and the two-way next-sentence classifier.
      let pretraining = size * (size + 1) + size * (size + 3) + ids + 2 * (size + 1)
      return (tables + 2) * size + 2 * size + blocks + head + pretraining
    }
  }

  func cost(_ setting: CostSetting) -> TokenCost {
    let (size, wide) = (Double(hiddenSize), Double(intermediateSize))
    let (layers, context) = (Double(layerCount), Double(contextLength))
    // Twelve values of the model's width and two of the feed-forward layer's in each block; in bf16
    // those that are operands of products have half the bytes. Fitted to measured runs.
    let blockBytes = (12 * size + 2 * wide) * (setting.usesBFloat16 ? 2.4 : 4)
    let ids = Double(setting.vocabularySize)
    // BERT transforms the states of masked tokens before it projects them.
    let head = size * (kind == .gpt ? ids : size + ids) * setting.predictedShare
    let attention = 2 * context * size * (kind == .gpt ? 0.5 : 1)
    let block = 4 * size * size + 2 * size * wide + attention
    let passes: Double = setting.recomputes ? 4 : 3
    return TokenCost(
      operations: 2 * passes * layers * block + 6 * head,
      activationBytes: setting.recomputes
        ? layers * size * 4 + blockBytes : layers * blockBytes)
  }
}
