import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import Testing

/// Whole recognisers beside PyTorch's, sequence by sequence: Tests/Peers/models/make_deepspeech.py
/// and make_wav2vec2.py.
@Suite struct GoldenSpeechTests {
  private static let lengths = [9, 1, 24]
  private static let targets: [[Int32]] = [[2, 2], [3], [1, 4, 4, 6, 5]]

  /// The shapes of the script's models.
  private static func config(_ name: String) throws -> SpeechConfig {
    var first = DeepSpeech1Config(hiddenSize: 8)
    (first.contextSize, first.dropout, first.cell) = (2, 0, .relu)
    var second = DeepSpeech2Config(hiddenSize: 6, layerCount: 2)
    second.convolutions = [
      SpectralConvolution(channelCount: 3, timeSize: 5, binSize: 3, timeStride: 2, binStride: 2),
      SpectralConvolution(channelCount: 4, timeSize: 3, binSize: 5, binStride: 2),
    ]
    let network: SpeechConfig.Network
    switch name {
    case "deepspeech1": network = .deepSpeech1(first)
    case "deepspeech1-lstm":
      first.cell = .lstm
      network = .deepSpeech1(first)
    case "deepspeech2": network = .deepSpeech2(second)
    default:
      (second.isBidirectional, second.lookahead, second.cell) = (false, 2, .lstm)
      network = .deepSpeech2(second)
    }
    return SpeechConfig(network, inputSize: 12, symbolCount: 7)
  }

  /// Logits in training and in evaluation, CTC losses, gradients and running moments.
  @Test(arguments: ["deepspeech1", "deepspeech1-lstm", "deepspeech2", "deepspeech2-streaming"])
  func deepSpeechEqualsPyTorch(_ name: String) throws {
    let file = try SafetensorsFile(contentsOf: Golden.directory + "deepspeech.safetensors")
    @Sendable func golden(_ part: String) throws -> Tensor { try file.tensor("\(name).\(part)") }
    let (model, store) = try ParameterStore.loading(from: { part, _ in try golden(part) }) {
      SpeechModel(try Self.config(name), in: $0)
    }
    let frames = Sequences(try file.tensor("frames"), lengths: Self.lengths)
    let logits = model(frames, .training(seed: 0, step: 0))
    expectClose(logits.values, try golden("trained"), 1e-5, "trained")
    let losses = try ctcLoss(logits, targets: Self.targets).losses
    expectClose(losses, try golden("losses"), 1e-5, "losses")
    try expectGradients(of: losses.sum(), store, file, prefix: "\(name).d.")
    for (parameter, value) in store.namedValues where parameter.contains("running") {
      expectClose(value, try golden("running.\(parameter)"), 1e-5, parameter)
    }
    // With the moments that the step has left.
    expectClose(model(frames, .evaluation()).values, try golden("evaluated"), 1e-5, "evaluated")
  }

  @Test(arguments: ["base", "large"])
  func gradientsOfWav2vec2EqualThoseOfTransformers(_ style: String) throws {
    let directory = "\(Golden.directory)wav2vec2/\(style)"
    let (model, store) = try SpeechModel.load(directory)
    let file = try SafetensorsFile(contentsOf: "\(directory).safetensors")
    let samples = try (0...1).map { try file.tensor("samples.\($0)") }
    let lengths = samples.map { $0.shape[0] }
    let together = Sequences(
      concatenated(samples).reshaped([lengths.reduce(0, +), 1]), lengths: lengths)
    let losses = try ctcLoss(
      model(together, .evaluation()), targets: [[3, 5, 5, 9], [1, 2, 10, 4, 4, 4]]
    ).losses
    try expectGradients(of: losses.sum(), store, file, prefix: "d.")
  }

  /// A gradient for every weight that the other side has one for, and for no other.
  private func expectGradients(
    of loss: Tensor, _ store: ParameterStore, _ file: SafetensorsFile, prefix: String
  ) throws {
    let gradients = loss.gradients(of: store.parameters)
    let found = store.parameters.flatMap { parameter in
      gradients[parameter].map(parameter.named) ?? []
    }
    let expected = file.entries.map(\.name).filter { $0.hasPrefix(prefix) }
    #expect(found.map { prefix + $0.name }.sorted() == expected.sorted())
    // Biases of keys have none but rounding errors.
    let greatest = try expected.reduce(Float(0)) {
      try file.tensor($1).floatElements.reduce($0) { max($0, abs($1)) }
    }
    for (name, gradient) in found {
      expectClose(gradient, try file.tensor(prefix + name), 2e-4, floor: 1e-3 * greatest, name)
    }
  }
}
