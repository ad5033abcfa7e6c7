import ApusLayers
import ApusModels
import ApusTensors
import ApusTraining
import Synchronization

extension TrainingWorkload {
  static let recurrent: [TrainingWorkload] = [
    languageModel("lstm-lm-small", size: 200, steps: 20),
    languageModel("lstm-lm-medium", size: 650, steps: 35),
    languageModel("lstm-lm-large", size: 1500, steps: 35),
    tagger,
  ]

  /// Two LSTM layers over 20 rows of a text, whose states go from batch to batch.
  private static func languageModel(_ name: String, size: Int, steps: Int) -> TrainingWorkload {
    let (vocabulary, rows) = (10_000, 20)
    let tokens = steps * rows
    var config = RecurrentConfig(
      .lstm, vocabularySize: vocabulary, embeddingSize: size, hiddenSize: size, layerCount: 2)
    (config.inputDropout, config.hiddenDropout, config.outputDropout) = (0.5, 0.5, 0.5)
    return TrainingWorkload(
      name: name, itemCount: tokens, classCount: vocabulary,
      operations: Double(6 * tokens * (2 * 8 * size * size + size * vocabulary)),
      optimizer: OptimizerRecipe(kind: .sgd, learningRate: 1), clipNorm: 5
    ) { [config] scope, random in
      let model = RecurrentLanguageModel(config, in: scope)
      let lengths = Array(repeating: steps, count: rows)
      let input = Sequences(random.ids(tokens, below: vocabulary), lengths: lengths)
      let targets = random.ids(tokens, below: vocabulary)
      let carried = Mutex<[RecurrentState]?>(nil)
      return { mode in
        let states = carried.withLock { $0 }
        let outputs = model(input, from: states, mode)
        carried.withLock { $0 = outputs.states.map(\.detached) }
        return model.loss(outputs, targets: targets, mode)
      }
    }
  }

  /// An LSTM in both directions under a label a token, of 32 sentences of 30 words.
  private static var tagger: TrainingWorkload {
    let (vocabulary, size, labels, steps, rows) = (20_000, 100, 17, 30, 32)
    let tokens = steps * rows
    return TrainingWorkload(
      name: "bilstm-tagger", itemCount: tokens, classCount: labels,
      operations: Double(6 * tokens * (2 * 8 * size * size + 2 * size * labels)),
      optimizer: OptimizerRecipe(kind: .adam, learningRate: 1e-3), clipNorm: 5
    ) { scope, random in
      let words = Embedding(count: vocabulary, size: size, in: scope / "e")
      let network = RecurrentNetwork(
        RecurrentOptions(.lstm, inputSize: size, size: size, isBidirectional: true),
        in: scope / "r")
      let head = Linear(2 * size, labels, in: scope / "o")
      let input = Sequences(
        random.ids(tokens, below: vocabulary), lengths: Array(repeating: steps, count: rows))
      let targets = random.ids(tokens, below: labels)
      return { mode in
        let states = network(input.map { words($0) }, mode).outputs.values
        return linearCrossEntropy(states, head.weight.value, head.bias?.value, targets: targets)
      }
    }
  }
}
