import ApusFiles
import ApusLayers
import ApusTensors
import Foundation
import Testing

@testable import ApusModels

/// A model in the layout of AllenNLP's, made with its outputs by Tests/Peers/models/make_elmo.py.
@Suite struct PublishedELMoTests {
  private static let place = Golden.directory + "elmo"
  private static let sentences = [["The", "swift", "sleeps"], ["naïve", "!"], ["a"]]

  private func words(_ model: ELMo) -> ELMo.Words {
    let spelling = model.config.spelling
    return ELMo.Words(
      Self.sentences.map { $0.map { spelling.ids(of: $0.utf8) } }, spelling)
  }

  @Test func givesWhatItGaveElsewhere() throws {
    let (model, _) = try ELMo.encoder(of: Self.place)
    #expect(model.config.memoryLimit == 0.8 && model.config.stateLimit == 0.25)
    let expected = try SafetensorsFile(contentsOf: Self.place + "/outputs.safetensors")
    let words = words(model)
    let (layers, _) = model(words, .evaluation())
    #expect(layers.count == 3)
    for (index, layer) in layers.enumerated() {
      expectClose(
        ELMo.Words.withoutMarks(layer).values, try expected.tensor("layer.\(index)"), 1e-5,
        "layer \(index)")
    }
    #expect(try ModelDirectory.modelType(of: Self.place) == "elmo")
    #expect(try PretrainedNetwork(Self.place).weights.count > 20)
  }

  /// Nothing flows back through states and memory at their limits.
  @Test func gradientsAgreeWithPyTorch() throws {
    let (model, store) = try ELMo.encoder(of: Self.place)
    let expected = try SafetensorsFile(contentsOf: Self.place + "/outputs.safetensors")
    let words = words(model)
    let squares = model(words, .evaluation()).layers.map {
      ELMo.Words.withoutMarks($0).values.square().sum()
    }
    let gradients = (squares[0] + squares[1] + squares[2]).gradients(of: store.parameters)
    func gradient(_ name: String) throws -> Tensor {
      let parameter = try #require(store.parameters.first { $0.name == name })
      return try #require(gradients[parameter])
    }
    expectClose(
      try gradient("words.characters.weight"), try expected.tensor("d.char_embed"), 1e-4)
    expectClose(
      try gradient("words.projection.weight"),
      try expected.tensor("d.CNN_proj/W_proj").transposed(), 1e-4)
    for (direction, suffix) in [(0, ""), (1, "_reverse")] {
      for layer in 0..<2 {
        let cell = "RNN_\(direction)/RNN/MultiRNNCell/Cell\(layer)/LSTMCell"
        expectClose(
          try gradient("rnn.weight_hr_l\(layer)\(suffix)"),
          try expected.tensor("d.\(cell)/W_P_0").transposed(), 1e-4, cell)
      }
    }
  }

  /// What is read once can be kept as a directory of Apus.
  @Test func isKeptAsOurOwn() throws {
    let (model, store) = try ELMo.encoder(of: Self.place)
    let directory = try TemporaryDirectory()
    try model.save(store.namedValues, to: directory.path)
    let again = try ELMo.encoder(of: directory.path).model
    #expect(again.config == model.config)
    let words = words(model)
    let (found, expected) = (again(words, .evaluation()), model(words, .evaluation()))
    #expect(found.layers[2].values.floatElements == expected.layers[2].values.floatElements)
  }

  @Test func readsArraysByName() throws {
    let file = try HDF5File(contentsOf: Self.place + "/weights.hdf5")
    #expect(file.names.count == 27 && file.names.contains("CNN_high_1/W_carry"))
    #expect(file.shape(of: "CNN/W_cnn_1") == [1, 3, 4, 4])
    #expect(throws: InputError.self) { try file.tensor("CNN/W_cnn_1", shape: [1, 3, 4, 5]) }
    #expect(throws: InputError.self) { try file.tensor("CNN", shape: [1]) }
  }

  @Test func refusesWhatDoesNotFit() throws {
    for (sound, damaged, message) in [
      ("\"dim\": 6", "\"dim\": 7", "shape"), ("\"relu\"", "\"tanh\"", "relu"),
      ("\"n_characters\": 262", "\"n_characters\": 100", "261"),
      ("\"n_layers\": 2", "\"n_layers\": 3", "Cell2"),
    ] {
      let directory = try TemporaryDirectory()
      let options = try String(contentsOfFile: Self.place + "/options.json", encoding: .utf8)
      #expect(options.contains(sound), "\(sound)")
      try directory.write(Array(options.replacing(sound, with: damaged).utf8), to: "options.json")
      try FileManager.default.copyItem(
        atPath: Self.place + "/weights.hdf5", toPath: directory.path + "/weights.hdf5")
      let error = #expect(throws: InputError.self, "\(damaged)") {
        try ELMo.encoder(of: directory.path)
      }
      #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
  }

  /// Whatever byte is damaged, reading ends with values or an error.
  @Test func damageIsNeverFatal() throws {
    let directory = try TemporaryDirectory()
    let sound = Array(try Data(contentsOf: URL(filePath: Self.place + "/weights.hdf5")))
    var failures = 0
    for index in stride(from: 8, to: min(sound.count, 9000), by: 13) {
      for value: UInt8 in [0, 1, 0x7F, 0xFF] {
        var bytes = sound
        bytes[index] = value
        try directory.write(bytes, to: "weights.hdf5")
        do {
          let file = try HDF5File(contentsOf: directory.path + "/weights.hdf5")
          for name in file.names {
            _ = try file.tensor(name, shape: file.shape(of: name) ?? [])
          }
        } catch is InputError {
          failures += 1
        }
      }
    }
    #expect(failures > 100)
    try directory.write(Array(sound.prefix(700)), to: "weights.hdf5")
    #expect(throws: InputError.self) {
      try HDF5File(contentsOf: directory.path + "/weights.hdf5")
    }
  }
}
