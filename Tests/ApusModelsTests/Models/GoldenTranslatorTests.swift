import ApusLayers
import ApusTensors
import Testing

@testable import ApusModels

/// Translators beside PyTorch's, from Tests/Peers/translation/make_models.py.
@Suite struct GoldenTranslatorTests {
  private static let networks: [String: TranslatorConfig.Network] = {
    var luong = RecurrentTranslation(embeddingSize: 8, hiddenSize: 8)
    (luong.encoderLayerCount, luong.decoderLayerCount, luong.startsFromEncoder) = (2, 2, false)
    var pre = TransformerTranslation(hiddenSize: 8, layerCount: 2, headCount: 2)
    pre.intermediateSize = 12
    var post = pre
    post.normPlacement = .post
    func decoder(
      _ cell: RecurrentCell, _ form: RecurrentTranslation.Form, _ score: AttentionScore = .general,
      fed: Bool = false
    ) -> TranslatorConfig.Network {
      var network = RecurrentTranslation(embeddingSize: 8, hiddenSize: 8)
      (network.encoderLayerCount, network.decoderLayerCount) = (2, 2)
      (network.cell, network.form, network.score, network.feedsInput) = (cell, form, score, fed)
      return .recurrent(network)
    }
    return [
      "luong": .recurrent(luong), "transformer-pre": .transformer(pre),
      "transformer-post": .transformer(post), "state": decoder(.lstm, .state),
      "context": decoder(.gru, .context),
      "fed-concat": decoder(.lstm, .attention, .concat, fed: true),
      "additive": decoder(.gru, .attention, .additive),
      "fed-general": decoder(.gru, .attention, .general, fed: true),
    ]
  }()

  private let sources: [[Int32]] = [[3, 4, 2], [5, 6, 3, 3, 4, 2], [2]]
  private let inputs: [[Int32]] = [[1, 5, 7], [1, 6, 7, 8], [1, 4]]

  @Test(arguments: networks.keys.sorted())
  func logitsLossAndGradientsAreTorchs(_ name: String) throws {
    let golden = try SafetensorsFile(
      contentsOf: Golden.directory + "translation/\(name).safetensors")
    let config = TranslatorConfig(
      try #require(Self.networks[name]), sourceVocabularySize: 7, targetVocabularySize: 11,
      start: 1, end: 2)
    let (model, store) = try ParameterStore.loading(
      from: { try golden.tensor("weights.\($0)", shape: $1) }
    ) { Translator(config, in: $0) }
    #expect(config.parameterCount == Double(store.count))
    let (sources, inputs) = (Sequences(ids: sources), Sequences(ids: inputs))
    let logits = model.logits(sources, inputs: inputs, .evaluation())
    expectClose(logits, try golden.tensor("logits"), 2e-5, "\(name): logits")
    let targets = Tensor((0..<inputs.elementCount).map { Int32($0 % 11) })
    let loss = model.loss(
      sources, inputs: inputs, targets: targets, .evaluation(), labelSmoothing: 0.1)
    #expect(abs(loss.scalar - (try golden.tensor("loss").scalar)) < 1e-5)
    let gradients = loss.gradients(of: store.parameters)
    for parameter in store.parameters {
      let gradient = try #require(gradients[parameter])
      for (part, value) in parameter.named(gradient) {
        expectClose(
          value, try golden.tensor("gradients.\(part)"), 2e-5, floor: 1e-3, "\(name): \(part)")
      }
    }
  }
}

@Suite struct TranslatorDirectoryTests {
  @Test(arguments: TranslatorTests.networks.keys.sorted())
  func directoriesReadAsTheyWereWritten(_ name: String) throws {
    let (model, store) = try TranslatorTests.translator(name)
    let directory = try TemporaryDirectory()
    #expect(model.config.parameterCount == Double(store.count), "\(name)")
    try model.save(store.namedValues, to: directory.path)
    let (read, values) = try Translator.load(directory.path)
    #expect(read.config == model.config)
    #expect(values.namedValues.map(\.name) == store.namedValues.map(\.name))
    #expect(
      values.namedValues.map { $0.value.floatElements }
        == store.namedValues.map { $0.value.floatElements })
  }
}
