import ApusModels
import ApusTensors
import ApusTraining
import Glibc

extension TrainingWorkload {
  static let speech: [TrainingWorkload] = [deepSpeech2]

  /// Two convolutions, three GRU layers in both directions and the CTC loss, of eight utterances of
  /// 6 seconds with 80 letters each.
  private static var deepSpeech2: TrainingWorkload {
    let (rows, frames, bins, labels, symbols) = (8, 600, 161, 80, 29)
    var network = DeepSpeech2Config(hiddenSize: 512, layerCount: 3)
    network.normalizesLayers = false
    let config = SpeechConfig(.deepSpeech2(network), inputSize: bins, symbolCount: symbols)
    let elements = config.outputLength(frameCount: frames)
    // Of each element: windows on 81 and 41 bins, gates of three layers, logits. The first
    // convolution has no gradient of its input.
    let convolutions = (first: 81 * 32 * 41 * 11, second: 41 * 32 * 32 * 21 * 11)
    let gates = 6 * 512 * (41 * 32 + 2 * 1024 + 3 * 512)
    let products = 4 * convolutions.first + 6 * (convolutions.second + gates + 1024 * symbols)
    // Every alignment of the labels with the elements is as probable as every other; there are
    // (elements + labels) over (2 · labels) of them, as long as no label stands beside its like.
    func logarithmOfFactorial(_ n: Int) -> Double { lgamma(Double(n) + 1) }
    let alignments =
      logarithmOfFactorial(elements + labels) - logarithmOfFactorial(2 * labels)
      - logarithmOfFactorial(elements - labels)
    let evenLoss = Float(
      (Double(elements) * log(Double(symbols)) - alignments) / Double(labels))
    var optimizer = OptimizerRecipe(kind: .sgd, learningRate: 1e-4)
    optimizer.momentum = 0.9
    return TrainingWorkload(
      name: "deepspeech2", itemCount: 6 * rows, unit: "audio seconds", classCount: symbols,
      evenLoss: evenLoss, operations: Double(rows * elements) * Double(products),
      optimizer: optimizer, clipNorm: 100
    ) { scope, random in
      let model = SpeechModel(config, in: scope)
      let input = Sequences(
        .normal(
          [rows * frames, bins], standardDeviation: 1,
          RandomKey(seed: 0, name: "frames")),
        lengths: Array(repeating: frames, count: rows))
      let targets = (0..<rows).map { _ in
        (0..<labels).map { _ in Int32(1 + random.below(symbols - 1)) }
      }
      return { mode in
        do {
          let losses = try ctcLoss(
            model(input, mode), targets: targets, infeasible: .zeroed
          ).losses
          return losses.sum() / Float(rows * labels)
        } catch {
          preconditionFailure("deepspeech2: \(error)")
        }
      }
    }
  }
}
