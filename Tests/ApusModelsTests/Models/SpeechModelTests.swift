import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import Foundation
import Testing

struct SpeechModelTests {
  /// Small models of every architecture, for frames of 12 values and 7 symbols.
  static var configs: [SpeechConfig] {
    let convolutions = [
      SpectralConvolution(channelCount: 3, timeSize: 5, binSize: 3, timeStride: 2, binStride: 2),
      SpectralConvolution(channelCount: 4, timeSize: 3, binSize: 5, binStride: 2),
    ]
    var first = DeepSpeech1Config(hiddenSize: 8)
    first.contextSize = 2
    var second = DeepSpeech2Config(hiddenSize: 6, layerCount: 2)
    second.convolutions = convolutions
    var streaming = second
    (streaming.isBidirectional, streaming.lookahead, streaming.cell) = (false, 2, .lstm)
    var transformer = SpeechTransformerConfig(hiddenSize: 8, layerCount: 2, headCount: 2)
    transformer.convolutions = convolutions
    return [
      .deepSpeech1(first), .deepSpeech2(second), .deepSpeech2(streaming),
      .transformer(transformer),
    ].map { SpeechConfig($0, inputSize: 12, symbolCount: 7) }
  }

  private func frames(_ lengths: [Int]) -> Sequences {
    Sequences(
      .normal(
        [lengths.reduce(0, +), 12], standardDeviation: 1,
        RandomKey(seed: 3, step: 0, name: "frames")),
      lengths: lengths)
  }

  @Test(arguments: configs)
  func whatComesOutDoesNotDependOnTheBatch(_ config: SpeechConfig) {
    let model = SpeechModel(config, in: ParameterStore(seed: 5).root)
    let lengths = [9, 1, 24]
    let together = frames(lengths)
    let logits = model(together, .evaluation())
    #expect(logits.lengths == lengths.map { config.outputLength(frameCount: $0) })
    for (index, length) in lengths.enumerated() {
      let start = together.offsets[index]
      let alone = Sequences(together.values.rows(start..<start + length), lengths: [length])
      expectClose(
        model(alone, .evaluation()).values,
        logits.values.rows(logits.offsets[index]..<logits.offsets[index + 1]), 1e-5)
    }
  }

  @Test(arguments: configs)
  func savedModelsGiveTheSameLogits(_ config: SpeechConfig) throws {
    let store = ParameterStore(seed: 5)
    let model = SpeechModel(config, in: store.root)
    // Running moments other than those that a new model has.
    _ = model(frames([30, 11]), .training(seed: 1, step: 0))
    let directory = try TemporaryDirectory()
    try model.save(store.namedValues, to: directory.path)
    let loaded = try SpeechModel.load(directory.path).model
    #expect(loaded.config == config)
    #expect(config.parameterCount <= Double(store.count))
    #expect(config.parameterCount >= 0.9 * Double(store.count))
    let x = frames([13])
    #expect(
      loaded(x, .evaluation()).values.floatElements
        == model(x, .evaluation()).values.floatElements)
  }

  /// Of one direction, with two elements of lookahead, each of two frames, and five frames under the
  /// first convolution and three elements under the second.
  @Test func streamingModelsSeeLittleOfWhatComes() {
    let model = SpeechModel(Self.configs[2], in: ParameterStore(seed: 5).root)
    let long = frames([60])
    let short = Sequences(long.values.rows(0..<40), lengths: [40])
    let (all, some) = (model(long, .evaluation()).values, model(short, .evaluation()).values)
    // The last elements of the short one see zeros where the long one goes on.
    expectClose(all.rows(0..<16), some.rows(0..<16), 1e-5)
    #expect(all.rows(0..<20).floatElements != some.rows(0..<20).floatElements)
  }

  /// Frames that come in parts of one, three, or all sizes, with strides longer than windows, too.
  @Test(arguments: [1, 3, 17, 80])
  func streamsGiveTheLogitsOfTheWhole(_ length: Int) throws {
    var config = Self.configs[2]
    guard case .deepSpeech2(var network) = config.network else {
      Issue.record("expected Deep Speech 2")
      return
    }
    for (timeSize, timeStride) in [(5, 2), (1, 3)] {
      network.convolutions[0].timeSize = timeSize
      network.convolutions[0].timeStride = timeStride
      config.network = .deepSpeech2(network)
      let model = SpeechModel(config, in: ParameterStore(seed: 5).root)
      let x = frames([80])
      let whole = model(x, .evaluation()).values
      var stream = try #require(model.stream(.evaluation()))
      var parts: [Tensor] = []
      for start in stride(from: 0, to: 80, by: length) {
        let part = stream.add(x.values.rows(start..<min(80, start + length)))
        if let part { parts.append(part) }
        // Two elements of lookahead, and the last frames under the convolutions.
        let known = parts.reduce(0) { $0 + $1.shape[0] }
        #expect(known >= min(80, start + length) / timeStride - 6)
      }
      if let last = stream.finish() { parts.append(last) }
      expectClose(concatenated(parts), whole, 1e-5, "windows of \(timeSize)")
    }
  }

  @Test func networksThatNeedAllDoNotStream() {
    for (index, config) in Self.configs.enumerated() {
      let model = SpeechModel(config, in: ParameterStore(seed: 5).root)
      #expect((model.stream(.evaluation()) != nil) == (index == 2))
    }
  }

  @Test func emptyStreamsGiveNothing() throws {
    let model = SpeechModel(Self.configs[2], in: ParameterStore(seed: 5).root)
    var stream = try #require(model.stream(.evaluation()))
    #expect(stream.finish() == nil)
  }

  @Test(arguments: ["base", "large"])
  func wav2vec2EqualsTransformers(_ style: String) throws {
    let directory = "\(Golden.directory)wav2vec2/\(style)"
    let model = try SpeechModel.load(directory).model
    let golden = try SafetensorsFile(contentsOf: "\(directory).safetensors")
    let samples = try (0...1).map { try golden.tensor("samples.\($0)") }
    let lengths = samples.map { $0.shape[0] }
    let together = Sequences(
      concatenated(samples).reshaped([lengths.reduce(0, +), 1]), lengths: lengths)
    let logits = model(together, .evaluation())
    for index in 0...1 {
      let rows = logits.offsets[index]..<logits.offsets[index + 1]
      expectClose(logits.values.rows(rows), try golden.tensor("logits.\(index)"), 1e-4)
    }
  }

  /// The names that weight norm had in the reference before.
  @Test func weightNormGoesByItsOldNamesToo() throws {
    let golden = "\(Golden.directory)wav2vec2/base"
    let directory = try TemporaryDirectory()
    try FileManager.default.copyItem(
      atPath: "\(golden)/config.json", toPath: "\(directory.path)/config.json")
    let file = try SafetensorsFile(contentsOf: "\(golden)/model.safetensors")
    let renamed = try file.entries.map(\.name).map { name in
      (
        name: name.replacing("parametrizations.weight.original0", with: "weight_g")
          .replacing("parametrizations.weight.original1", with: "weight_v"),
        value: try file.tensor(name)
      )
    }
    #expect(Set(renamed.map(\.name)).subtracting(file.entries.map(\.name)).count == 2)
    try writeSafetensors(renamed, to: "\(directory.path)/model.safetensors")
    let samples = try SafetensorsFile(contentsOf: "\(golden).safetensors").tensor("samples.0")
    let sequences = Sequences(
      samples.reshaped([samples.shape[0], 1]), lengths: [samples.shape[0]])
    let logits = try [golden, directory.path].map {
      try SpeechModel.load($0).model(sequences, .evaluation()).values.floatElements
    }
    #expect(logits[0] == logits[1])
  }

  @Test func damagedConfigurationsAreRefused() throws {
    let directory = try TemporaryDirectory()
    let sound = SpeechModelTests.configs[1].json.text
    for (old, new, key) in [
      ("\"time\": 5", "\"time\": 0", "time"), ("\"gru\"", "\"transistor\"", "cell"),
      ("\"vocab_size\": 7", "\"vocab_size\": 1", "vocab_size"),
      ("deepspeech2", "deepspeech9", "model_type"),
    ] {
      let text = sound.replacing(old, with: new)
      #expect(text != sound)
      try directory.write(Array(text.utf8), to: "config.json")
      let error = #expect(throws: InputError.self) { try SpeechModel.load(directory.path) }
      #expect(error.map { "\($0)".contains(key) } == true, "\(key): \(String(describing: error))")
    }
  }
}
