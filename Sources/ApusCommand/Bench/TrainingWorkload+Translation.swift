import ApusModels
import ApusTensors
import ApusTraining

extension TrainingWorkload {
  static let translation: [TrainingWorkload] = [luong]

  /// Two LSTM layers of 512 each way under general attention, 64 pairs of 20 tokens.
  private static var luong: TrainingWorkload {
    let (vocabulary, size, length, pairs) = (10_000, 512, 20, 64)
    let tokens = length * pairs
    let config = luongConfig(vocabulary: vocabulary, size: size)
    // Encoder 12, decoder 16, attention's map 1 and combination 2 matrices of size × size a token.
    let weights = 31 * size * size + size * vocabulary
    return TrainingWorkload(
      name: "seq2seq", itemCount: tokens, unit: "target tokens", classCount: vocabulary,
      operations: Double(6 * tokens * (weights + 2 * length * size)),
      optimizer: OptimizerRecipe(kind: .adam, learningRate: 1e-3), clipNorm: 5
    ) { scope, random in
      let model = Translator(config, in: scope)
      let lengths = Array(repeating: length, count: pairs)
      let sources = Sequences(random.ids(tokens, below: vocabulary), lengths: lengths)
      let inputs = Sequences(random.ids(tokens, below: vocabulary), lengths: lengths)
      let targets = random.ids(tokens, below: vocabulary)
      return { model.loss(sources, inputs: inputs, targets: targets, $0) }
    }
  }

  /// Two LSTM layers of a size on both sides.
  static func luongConfig(vocabulary: Int, size: Int) -> TranslatorConfig {
    var network = RecurrentTranslation(embeddingSize: size, hiddenSize: size)
    (network.encoderLayerCount, network.decoderLayerCount) = (2, 2)
    network.startsFromEncoder = false
    return TranslatorConfig(
      .recurrent(network), sourceVocabularySize: vocabulary, targetVocabularySize: vocabulary,
      start: 1, end: 2)
  }
}
