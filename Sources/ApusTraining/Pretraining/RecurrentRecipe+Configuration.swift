import ApusModels
import ApusTensors

extension RecurrentRecipe {
  /// The configuration of the model for a vocabulary.
  ///
  /// - Parameters:
  ///   - vocabularySize: The number of ids.
  ///   - endOfText: The id that ends a text, if there is one.
  /// - Returns: The configuration of the recipe's kind of unit.
  public func configuration(vocabularySize: Int, endOfText: Int? = nil) -> RecurrentConfig {
    var config = RecurrentConfig(
      cell, vocabularySize: vocabularySize, embeddingSize: embeddingSize, hiddenSize: hiddenSize,
      layerCount: layerCount)
    config.projectedSize = projectedSize
    config.hasPeepholes = hasPeepholes
    config.tiedEmbeddings = tiedEmbeddings
    config.inputDropout = Float(inputDropout)
    config.hiddenDropout = Float(dropout)
    config.outputDropout = Float(outputDropout)
    config.tokenDropout = Float(tokenDropout)
    config.weightDropout = Float(weightDropout)
    config.locksDropout = locksDropout
    config.hasLayerNorm = layerNorm
    config.stateZoneout = Float(stateZoneout)
    config.memoryZoneout = Float(memoryZoneout)
    // A vocabulary that ends before a cluster begins does without it.
    config.cutoffs = cutoffs.filter { $0 < vocabularySize }
    config.initializerRange = initializerRange.map { Float($0) }
    config.ends = endOfText.map { [$0] } ?? []
    return config
  }

  private var cell: RecurrentCell {
    switch kind {
    case .lstm: .lstm
    case .gru: .gru
    case .rnnTanh: .tanh
    case .rnnReLU: .relu
    }
  }
}
