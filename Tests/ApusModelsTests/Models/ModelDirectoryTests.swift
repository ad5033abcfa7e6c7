import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import Foundation
import Testing

@Suite struct ModelDirectoryTests {
  private static let configs: [LanguageModelConfig] = {
    var gpt = GPTConfig(
      vocabularySize: 29, contextLength: 9, hiddenSize: 16, layerCount: 2, headCount: 4)
    let plain = gpt
    gpt.positions = .sinusoidal
    gpt.tiedEmbeddings = false
    gpt.normPlacement = .post
    var bert = BERTConfig(
      vocabularySize: 29, contextLength: 9, hiddenSize: 16, layerCount: 2, headCount: 4)
    let plainBERT = bert
    bert.positions = .rotary
    bert.tiedEmbeddings = false
    bert.normPlacement = .pre
    return [.gpt(plain), .gpt(gpt), .bert(plainBERT), .bert(bert)]
      + RecurrentLanguageModelTests.configs.map { .recurrent($0) }
  }()

  @Test(arguments: configs) func loadsWhatItSaves(_ config: LanguageModelConfig) throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/model"
    let store = ParameterStore(seed: 7)
    let model = LanguageModel(config, in: store.root)
    try ModelDirectory.save(model, store.namedValues, to: path)
    let loaded = try ModelDirectory.load(path)
    #expect(loaded.model.config == config)
    #expect(loaded.store.namedValues.map(\.name) == store.namedValues.map(\.name))
    for (found, expected) in zip(loaded.store.namedValues, store.namedValues) {
      #expect(found.value.floatElements == expected.value.floatElements, "\(found.name)")
    }
    let ids = Sequences(ids: [[1, 2, 28], [0, 4, 4, 4]])
    #expect(logits(loaded.model, ids).floatElements == logits(model, ids).floatElements)
    // Saving over what is there replaces it.
    try ModelDirectory.save(model, store.namedValues, to: path, as: .bfloat16)
    let rounded = try ModelDirectory.load(path).store.namedValues
    for (found, expected) in zip(rounded, store.namedValues) {
      expectClose(found.value, expected.value, 0x1p-8, found.name)
    }
  }

  /// The names and shapes of transformers' own files, with nothing missing and nothing more.
  @Test(arguments: ["gpt", "bert"]) func hasTheParametersOfTheReference(_ name: String) throws {
    let reference = try SafetensorsFile(contentsOf: Golden.directory + "\(name)/model.safetensors")
    let (_, store) = try ModelDirectory.load(Golden.directory + name)
    let expected = Dictionary(uniqueKeysWithValues: reference.entries.map { ($0.name, $0.shape) })
    let found = Dictionary(
      uniqueKeysWithValues: store.namedValues.map { ($0.name, $0.value.shape) })
    #expect(found == expected)
  }

  @Test func writesTablesThatTheReferenceKeepsAsWeights() throws {
    let directory = try TemporaryDirectory()
    let store = ParameterStore(seed: 7)
    let model = LanguageModel(Self.configs[1], in: store.root)
    try ModelDirectory.save(model, store.namedValues, to: directory.path)
    let file = try SafetensorsFile(contentsOf: directory.path + "/model.safetensors")
    let table = try file.tensor("transformer.wpe.weight", shape: [9, 16])
    #expect(table.elements(as: Float.self) == sinusoidalPositions(count: 9, size: 16).floatElements)
  }

  @Test func writesTheSecondNameOfAnUntiedBias() throws {
    let directory = try TemporaryDirectory()
    let store = ParameterStore(seed: 7)
    let model = LanguageModel(Self.configs[3], in: store.root)
    try ModelDirectory.save(model, store.namedValues, to: directory.path)
    let file = try SafetensorsFile(contentsOf: directory.path + "/model.safetensors")
    for name in ["cls.predictions.bias", "cls.predictions.decoder.bias"] {
      #expect(file.entry(named: name)?.shape == [29], "\(name)")
    }
  }

  @Test func readsTheNamesOfOlderCheckpoints() throws {
    let directory = try TemporaryDirectory()
    let (_, store) = try ModelDirectory.load(Golden.directory + "bert")
    let older = store.namedValues.map { name, value in
      let name = name.replacing("LayerNorm.weight", with: "LayerNorm.gamma")
        .replacing("LayerNorm.bias", with: "LayerNorm.beta")
      return (name: name.hasPrefix("bert.") ? String(name.dropFirst(5)) : name, value: value)
    }
    try FileManager.default.copyItem(
      atPath: Golden.directory + "bert/config.json", toPath: directory.path + "/config.json")
    try writeSafetensors(
      older + [(name: "embeddings.position_ids", value: Tensor([0, 1] as [Int32]))],
      to: directory.path + "/model.safetensors")
    let loaded = try ModelDirectory.load(directory.path).store.namedValues
    for (found, expected) in zip(loaded, store.namedValues) {
      #expect(found.value.floatElements == expected.value.floatElements, "\(found.name)")
    }
  }

  @Test func namesTheTensorThatDoesNotFit() throws {
    let (_, store) = try ModelDirectory.load(Golden.directory + "gpt")
    let name = "transformer.h.1.mlp.c_fc.bias"
    let others = store.namedValues.filter { $0.name != name }
    let missing = #expect(throws: InputError.self) { try loaded(others) }
    #expect(missing?.expected == "a tensor named \(name)")
    let reshaped = #expect(throws: InputError.self) {
      try loaded(others + [(name: name, value: .zeros([4, 11]))])
    }
    #expect(reshaped?.expected == "\(name) of shape [44]")
    let integers = #expect(throws: InputError.self) {
      try loaded(others + [(name: name, value: .zeros([44], .int32))])
    }
    #expect(integers?.expected == "\(name) of a floating-point type")
  }

  @Test func refusesSizesFarBeyondTheFileBeforeAllocatingThem() throws {
    let (_, store) = try ModelDirectory.load(Golden.directory + "gpt")
    let error = #expect(throws: InputError.self) {
      try loaded(
        store.namedValues,
        config: """
          {"model_type": "gpt2", "vocab_size": 16777216, "n_embd": 65536, "n_head": 1,
           "n_layer": 1024, "n_positions": 1048576}
          """)
    }
    #expect(error?.expected.contains("weights of the configuration") == true)
  }

  /// Types that are never read may have any sizes.
  @Test func survivesSizesOfNoFiniteProduct() throws {
    let sizes = String(repeating: "9223372036854775807,", count: 17)
    let header = #"{"a":{"dtype":"F8","shape":[\#(sizes)0],"data_offsets":[0,0]}}"#
    let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
    let directory = try TemporaryDirectory()
    try directory.write(length + Array(header.utf8), to: "model.safetensors")
    try directory.write(
      Array(#"{"model_type": "gpt2"}"#.utf8), to: "config.json")
    let error = #expect(throws: InputError.self) { try ModelDirectory.load(directory.path) }
    #expect(error?.found == "0")
  }

  @Test func survivesDamagedConfigurations() throws {
    let sound = [UInt8](
      try Data(contentsOf: URL(filePath: Golden.directory + "bert/config.json")))
    let directory = try TemporaryDirectory()
    try FileManager.default.copyItem(
      atPath: Golden.directory + "bert/model.safetensors",
      toPath: directory.path + "/model.safetensors")
    var random = RandomStream(RandomKey(seed: 2, name: "damage"))
    var (refused, read) = (0, 0)
    for _ in 0..<2000 {
      try directory.write(random.damaged(sound), to: "config.json")
      do {
        _ = try ModelDirectory.load(directory.path)
        read += 1
      } catch is InputError {
        refused += 1
      }
    }
    #expect(refused + read == 2000 && refused > 500 && read > 100, "\(refused) \(read)")
  }

  @Test func refusesWhatIsNoDirectory() {
    #expect(throws: FileError.self) { try ModelDirectory.load("/nonexistent") }
    let store = ParameterStore(seed: 1)
    let model = LanguageModel(Self.configs[0], in: store.root)
    #expect(throws: FileError.self) {
      try ModelDirectory.save(model, store.namedValues, to: "/dev/null/model")
    }
  }

  private func loaded(
    _ values: [(name: String, value: Tensor)], config: String? = nil
  ) throws -> ParameterStore {
    let directory = try TemporaryDirectory()
    let json =
      try config ?? String(contentsOfFile: Golden.directory + "gpt/config.json", encoding: .utf8)
    try writeAtomically(json, to: directory.path + "/config.json")
    try writeSafetensors(values, to: directory.path + "/model.safetensors")
    return try ModelDirectory.load(directory.path).store
  }

  private func logits(_ model: LanguageModel, _ ids: Sequences) -> Tensor {
    switch model {
    case .gpt(let gpt): gpt.logits(ids, .evaluation())
    case .bert(let bert):
      bert.vocabularyLogits(bert.encoder(ids, .evaluation()).values, .evaluation())
    case .recurrent(let recurrent):
      CausalModel.recurrent(recurrent).start(ids, .evaluation()).logits
    case .window(let window): CausalModel.window(window).start(ids, .evaluation()).logits
    }
  }
}
