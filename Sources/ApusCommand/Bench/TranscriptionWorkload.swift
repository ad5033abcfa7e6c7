import ApusAudio
import ApusDecoding
import ApusModels
import ApusTensors

/// A minute of sound to letters, in pieces of 30 s: spectrograms, the network of the workload
/// `deepspeech2` and the best symbol of each element.
///
/// The work is that of `transcribe_bench.py` among the Python programs in `Tests/Peers`.
struct TranscriptionWorkload: Workload {
  let name = "transcribe-deepspeech2"
  private static let (rate, pieceSeconds, pieceCount) = (16_000, 30, 2)
  private static let letters = [""] + " 'abcdefghijklmnopqrstuvwxyz".map { String($0) }

  func measure(_ settings: BenchSettings) throws -> BenchResult {
    let features = try FeatureExtractor(.deepSpeech(sampleRate: Self.rate))
    var network = DeepSpeech2Config(hiddenSize: 512, layerCount: 3)
    network.normalizesLayers = false
    let config = SpeechConfig(
      .deepSpeech2(network), inputSize: features.width, symbolCount: Self.letters.count)
    let model = SpeechModel(config, in: ParameterStore(seed: 0).root)
    let alphabet = try CTCAlphabet(tokens: Self.letters, blank: 0, separator: 1)
    var draws = RandomStream(RandomKey(seed: 1, name: name))
    let pieces = (0..<Self.pieceCount).map { _ in
      (0..<Self.pieceSeconds * Self.rate).map { _ in Float(0.1 * draws.normal()) }
    }
    func logits(_ pieces: [[Float]]) -> Tensor {
      let frames = pieces.map { features.features(of: $0) }
      let lengths = frames.map { $0.count / features.width }
      let values = Tensor(frames.flatMap(\.self), [lengths.reduce(0, +), features.width])
      return withoutGradients {
        model(Sequences(values, lengths: lengths), .evaluation(settings.precision)).values
      }
    }
    try check(logits(pieces), pieces.map { logits([$0]) }, config, features)
    let times = try Stopwatch.times(seconds: settings.seconds) {
      for piece in pieces { _ = try ctcGreedySearch(logits([piece]), alphabet) }
    }
    return BenchResult(
      name: name, precision: settings.precision, seconds: times.median,
      items: Double(Self.pieceCount * Self.pieceSeconds), unit: "audio seconds")
  }

  /// Pieces together say what each says alone, an element for every second frame, and elements differ.
  private func check(
    _ together: Tensor, _ alone: [Tensor], _ config: SpeechConfig, _ features: FeatureExtractor
  ) throws {
    let frameCount = features.frameCount(Self.pieceSeconds * Self.rate)
    let elementCount = Self.pieceCount * config.outputLength(frameCount: frameCount)
    let (expected, found) = (together.floatElements, concatenated(alone).floatElements)
    let worst = zip(expected, found).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
    let rows = stride(from: 0, to: expected.count, by: Self.letters.count).map {
      expected[$0..<min($0 + Self.letters.count, expected.count)]
    }
    guard together.shape == [elementCount, Self.letters.count], expected.count == found.count,
      worst < 0.05, Set(rows).count > elementCount / 2
    else {
      throw WrongResult(
        workload: name, expected: "the same logits of \(elementCount) elements, however batched",
        found: "\(together.shape) with differences of \(worst)")
    }
  }
}
