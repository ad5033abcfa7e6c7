import ApusLayers
import ApusTensors

/// Encodes texts: layers of rectified units over the weighted terms of each.
///
/// The first layer is a sparse row times a dense matrix, so that it takes time for the terms that a text
/// has, not for the vocabulary.
///
/// - Shapes: ids and weights [N] over B texts → [B, size], Float32
/// - Source: the DNN of Kowsari et al. 2018, §3.2.
struct TermNetwork: Layer {
  private let terms, bias: Parameter
  private let layers: [Linear]
  private let norms: [BatchNorm]
  private let termDropout: Dropout
  private let dropouts: [Dropout]

  init(
    _ config: ClassifierConfig, size: Int, layerCount: Int, isNormalized: Bool, in scope: Scope
  ) {
    // A text's vector has length 1, so that this is also the range of what comes out at first.
    terms = scope.parameter("terms.weight", [config.vocabularySize, size], .uniform(0.1))
    bias = scope.parameter("terms.bias", [size], .zeros)
    layers = (1..<layerCount).map {
      Linear(size, size, .heUniform, in: scope / "layers" / $0)
    }
    norms =
      isNormalized ? (0..<layerCount).map { BatchNorm(size, in: scope / "norms" / $0) } : []
    termDropout = Dropout(config.embeddingDropout, in: scope / "terms")
    dropouts = (1..<layerCount).map { Dropout(config.dropout, in: scope / "layers" / $0) }
  }

  func callAsFunction(_ ids: Sequences, weights: Tensor, _ mode: Mode) -> Tensor {
    let sums = weightedRows(ids, weights: termDropout(weights, mode), of: terms.value) + bias.value
    var features = rectified(sums, 0, mode)
    for (index, layer) in layers.enumerated() {
      let input = dropouts[index](features, mode).converted(to: mode.scalarType)
      features = rectified(layer(input), index + 1, mode)
    }
    return features.converted(to: .float32)
  }

  private func rectified(_ sums: Tensor, _ index: Int, _ mode: Mode) -> Tensor {
    guard norms.indices.contains(index) else { return sums.relu() }
    // The texts of a batch are the elements that are normed together.
    let batch = Sequences(sums, lengths: [sums.rowCount])
    return norms[index](batch, mode).values.relu()
  }
}
