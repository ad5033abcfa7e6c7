import ApusLayers
import ApusModels
import ApusTensors

extension TransformerRecipe {
  /// The configuration of the model for a tokenizer.
  ///
  /// - Parameters:
  ///   - vocabularySize: The tokenizer's, where the recipe gives none.
  ///   - endOfText: The id that ends a text, if there is one.
  ///   - padding: The id of [PAD], which other libraries want to know.
  /// - Returns: The configuration of the recipe's kind of model.
  public func configuration(
    vocabularySize: Int, endOfText: Int? = nil, padding: Int? = nil
  ) -> LanguageModelConfig {
    let transformer = transformer(vocabularySize: self.vocabularySize ?? vocabularySize)
    switch kind {
    case .gpt: return .gpt(GPTConfig(transformer, ends: endOfText.map { [$0] } ?? []))
    case .bert: return .bert(BERTConfig(transformer, padding: padding))
    }
  }

  private func transformer(vocabularySize: Int) -> TransformerConfig {
    var config = TransformerConfig(
      vocabularySize: vocabularySize, contextLength: contextLength, hiddenSize: hiddenSize,
      layerCount: layerCount, headCount: headCount)
    config.intermediateSize = intermediateSize
    config.activation = tensorActivation
    config.dropout = Float(dropout)
    config.attentionDropout = Float(attentionDropout)
    config.layerNormEpsilon = Float(layerNormEpsilon)
    config.initializerRange = Float(initializerRange)
    config.positions = positionKind
    config.normPlacement = normalization == .pre ? .pre : .post
    config.tiedEmbeddings = tiedEmbeddings
    return config
  }

  private var tensorActivation: ApusTensors.Activation {
    switch activation {
    case .gelu: .gelu
    case .tanhGELU: .geluNew
    case .relu: .relu
    case .silu: .silu
    }
  }

  private var positionKind: PositionKind {
    switch positions {
    case .learned: .learned
    case .sinusoidal: .sinusoidal
    case .rotary: .rotary
    }
  }
}
