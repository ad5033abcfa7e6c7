import ApusDecoding
import ApusFiles
import ApusLayers
import ApusTensors
import Foundation
import Testing

@testable import ApusModels

@Suite struct TranslatorTests {
  /// Every form of decoder, every score, and both Transformers.
  static let networks: [String: TranslatorConfig.Network] = {
    var networks: [String: TranslatorConfig.Network] = [:]
    func add(_ name: String, _ change: (inout RecurrentTranslation) -> Void) {
      var network = RecurrentTranslation(embeddingSize: 6, hiddenSize: 8)
      change(&network)
      networks[name] = .recurrent(network)
    }
    for form in RecurrentTranslation.Form.allCases {
      add("\(form)") { ($0.form, $0.decoderLayerCount) = (form, 2) }
      add("\(form), GRU, one direction") {
        ($0.form, $0.cell, $0.isBidirectional) = (form, .gru, false)
      }
    }
    for score in AttentionScore.allCases {
      add("\(score)") { $0.score = score }
      add("\(score), fed") { ($0.score, $0.feedsInput, $0.encoderLayerCount) = (score, true, 2) }
    }
    add("from zeros") { ($0.startsFromEncoder, $0.cell) = (false, .tanh) }
    for placement in NormPlacement.allCases {
      var network = TransformerTranslation(hiddenSize: 8, layerCount: 2, headCount: 2)
      network.normPlacement = placement
      networks["Transformer, \(placement)"] = .transformer(network)
    }
    return networks
  }()

  static func translator(_ name: String) throws -> (model: Translator, store: ParameterStore) {
    let config = TranslatorConfig(
      try #require(networks[name]), sourceVocabularySize: 7, targetVocabularySize: 9, start: 1,
      end: 2)
    let store = ParameterStore(seed: 3)
    return (Translator(config, in: store.root), store)
  }

  private let sources: [[Int32]] = [[3, 4, 2], [2], [5, 6, 3, 3, 4, 2]]
  private let inputs: [[Int32]] = [[1, 5], [1, 6, 7, 8, 3], [1, 4, 4]]

  @Test(arguments: networks.keys.sorted())
  func stepsAreTheWhole(_ name: String) throws {
    let model = try Self.translator(name).model
    let whole = model.logits(
      Sequences(ids: sources), inputs: Sequences(ids: inputs), .evaluation())
    let offsets = Sequences(ids: inputs).offsets
    for (index, input) in inputs.enumerated() {
      // Two sequences of each source, as in beam search, in another order after a step.
      let found = try stepwise(model, [sources[index], sources[0]], input)
      let expected = whole.rows(offsets[index]..<offsets[index + 1]).floatElements
      #expect(isClose(found, expected, 2e-5), "\(name), sequence \(index)")
    }
  }

  /// The logits after each token of an input, for the first of the sources.
  private func stepwise(
    _ model: Translator, _ sources: [[Int32]], _ input: [Int32]
  ) throws -> [Float] {
    func run(_ network: some TranslationNetwork) -> [Float] {
      let mode = Mode.evaluation()
      let memory = network.encode(
        model.embeddedSources(network, Sequences(ids: sources), mode), mode)
      var state = network.select([0, 0, 1], network.start(memory))
      var rows: [Float] = []
      for (step, token) in input.enumerated() {
        let position = Tensor([Int32](repeating: Int32(step), count: 3))
        #expect(network.position(of: state) == step)
        let embedded = model.embeddedInputs(
          network, Tensor([token, 1, token]), positions: position, mode)
        let outputs = network.step(embedded, &state, observing: false, mode).outputs
        rows += model.logits(ofOutputs: outputs, mode).rows(0..<1).floatElements
        // The right beginning goes on, twice.
        state = network.select([0, 0, 2], state)
      }
      return rows
    }
    return run(model.network)
  }

  @Test(arguments: networks.keys.sorted())
  func batchMatesChangeNothing(_ name: String) throws {
    let model = try Self.translator(name).model
    let together = model.logits(
      Sequences(ids: sources), inputs: Sequences(ids: inputs), .evaluation())
    let offsets = Sequences(ids: inputs).offsets
    for index in inputs.indices {
      let alone = model.logits(
        Sequences(ids: [sources[index]]), inputs: Sequences(ids: [inputs[index]]), .evaluation())
      #expect(
        isClose(
          alone.floatElements, together.rows(offsets[index]..<offsets[index + 1]).floatElements,
          2e-5), "\(name), sequence \(index)")
    }
  }

  /// Those of Transformers are compared with PyTorch's; their norms bend the loss too much for
  /// differences.
  @Test(arguments: networks.keys.filter { !$0.hasPrefix("Transformer") }.sorted())
  func gradientsAreThoseOfTheLoss(_ name: String) throws {
    let (model, store) = try Self.translator(name)
    let (sources, inputs) = (Sequences(ids: sources), Sequences(ids: inputs))
    let targets = Tensor((0..<inputs.elementCount).map { Int32($0 % 9) })
    func loss() -> Tensor {
      model.loss(sources, inputs: inputs, targets: targets, .evaluation(), labelSmoothing: 0.1)
    }
    let gradients = loss().gradients(of: store.parameters)
    // Along the gradient of each parameter the loss grows as the gradient says.
    for parameter in store.parameters {
      guard let gradient = gradients[parameter] else {
        Issue.record("\(name): no gradient of \(parameter.name)")
        continue
      }
      let squares = gradient.floatElements.reduce(0.0) { $0 + Double($1) * Double($1) }
      guard squares > 1e-10 else { continue }
      let value = parameter.value.detached
      let step = Float(0.01 / squares.squareRoot())
      func shifted(_ factor: Float) -> Double {
        parameter.update { $0 = value + gradient * (factor * step) }
        return Double(loss().scalar)
      }
      // Differences of fourth order, since norms bend the loss.
      let difference = 8 * (shifted(1) - shifted(-1)) - (shifted(2) - shifted(-2))
      let slope = difference / Double(12 * step)
      parameter.update { $0 = value }
      #expect(
        abs(slope - squares) < 0.01 * squares + 4e-6 / Double(step),
        "\(name), \(parameter.name): slope \(slope), gradient \(squares)")
    }
  }

  @Test func replacedInputsAreTheModelsChoices() throws {
    let model = try Self.translator("general").model
    let (sources, inputs) = (Sequences(ids: sources), Sequences(ids: inputs))
    let key = RandomKey(seed: 5, name: "sampling")
    let kept = model.sampledInputs(sources, inputs: inputs, rate: 0, key, .evaluation())
    #expect(kept.values.elements(as: Int32.self) == inputs.values.elements(as: Int32.self))
    let replaced = model.sampledInputs(sources, inputs: inputs, rate: 1, key, .evaluation())
    let choices = model.logits(sources, inputs: inputs, .evaluation()).argmax(axis: 1)
      .elements(as: Int32.self)
    #expect(
      replaced.values.elements(as: Int32.self)
        == [
          1, choices[0], 1, choices[2], choices[3], choices[4], choices[5], 1, choices[7],
          choices[8],
        ])
  }

  @Test(arguments: networks.keys.sorted())
  func attentionIsADistribution(_ name: String) throws {
    let model = try Self.translator(name).model
    let weights = model.attentionWeights(
      Sequences(ids: sources), inputs: Sequences(ids: inputs), .evaluation())
    var attends = true
    if case .recurrent(let network) = model.config.network { attends = network.form == .attention }
    #expect((weights != nil) == attends)
    for (index, matrix) in (weights ?? []).enumerated() {
      #expect(matrix.shape == [inputs[index].count, sources[index].count])
      for sum in matrix.sum(axis: 1).floatElements { #expect(abs(sum - 1) < 1e-5) }
    }
  }

  /// All translations of up to three tokens, by their probabilities.
  @Test(arguments: ["general, fed", "Transformer, pre"])
  func beamsAreTheLikeliest(_ name: String) throws {
    let model = try Self.translator(name).model
    let source: [Int32] = [3, 5, 2]
    var search = TranslationSearch(width: 700, resultCount: 20)
    (search.lengthPenalty, search.tokenCount) = (0.8, 3)
    let beams = try model.translations(of: [source], search, .evaluation())[0]
    var candidates: [(tokens: [Int32], score: Float)] = []
    func extend(_ tokens: [Int32], _ sum: Float) {
      let logits = model.logits(
        Sequences(ids: [source]), inputs: Sequences(ids: [[1] + tokens]), .evaluation())
      let row = logits.rows(tokens.count..<tokens.count + 1).logSoftmax().floatElements
      for (token, value) in row.enumerated() {
        let score = (sum + value) / pow(Float(5 + tokens.count + 1) / 6, 0.8)
        if token == 2 {
          candidates.append((tokens, score))
        } else if tokens.count == 2 {
          candidates.append((tokens + [Int32(token)], score))
        } else {
          extend(tokens + [Int32(token)], sum + value)
        }
      }
    }
    extend([], 0)
    let best = candidates.sorted { $0.score > $1.score }.prefix(20)
    #expect(isClose(beams.map(\.score), best.map(\.score), 1e-4))
    #expect(beams[0].tokens == best[0].tokens)
  }

  @Test func coverageIsPunished() throws {
    let model = try Self.translator("general").model
    var search = TranslationSearch(width: 3, resultCount: 3)
    search.tokenCount = 3
    search.coveragePenalty = 0.5
    let covered = try model.translations(of: [[3, 5, 4, 2]], search, .evaluation())[0]
    // All there are.
    var everything = TranslationSearch(width: 700, resultCount: 700)
    everything.tokenCount = 3
    let plain = try model.translations(of: [[3, 5, 4, 2]], everything, .evaluation())[0]
    #expect(covered.count == 3)
    for beam in covered {
      let whole = beam.tokens.count < 3 ? beam.tokens : Array(beam.tokens.dropLast())
      let weights = try #require(
        model.attentionWeights(
          Sequences(ids: [[3, 5, 4, 2]]), inputs: Sequences(ids: [[1] + whole]), .evaluation()))
      let sums = weights[0].sum(axis: 0).floatElements
      let penalty = 0.5 * sums.reduce(0) { $0 + log(min($1, 1)) }
      let same = try #require(plain.first { $0.tokens == beam.tokens })
      #expect(penalty < -0.01 && abs(beam.score - same.score - penalty) < 1e-4)
    }
  }

  @Test(arguments: ["state", "context"])
  func nothingIsCoveredWithoutAttention(_ name: String) throws {
    let model = try Self.translator(name).model
    var search = TranslationSearch(width: 3, resultCount: 3)
    let plain = try model.translations(of: sources, search, .evaluation())
    search.coveragePenalty = 0.5
    #expect(try model.translations(of: sources, search, .evaluation()) == plain)
  }

  /// Longer sources would let shorter ones have more tokens.
  @Test(arguments: networks.keys.sorted())
  func sourcesBesideChangeNoLength(_ name: String) throws {
    let model = try Self.translator(name).model
    let long: [Int32] = Array(repeating: 4, count: 60) + [2]
    let search = TranslationSearch(width: 1)
    let alone = try model.translations(of: [[3, 2]], search, .evaluation())[0]
    let together = try model.translations(of: [[3, 2], long], search, .evaluation())
    #expect(together[0].map(\.tokens) == alone.map(\.tokens))
    #expect(together[0][0].tokens.count <= 54)
    let (key, sampling) = (RandomKey(seed: 1, name: "draws"), Sampling.greedy)
    let drawn = try model.samples(of: [long, [3, 2]], sampling, key: key, .evaluation())
    #expect(drawn[1].count <= 54)
  }

  @Test(arguments: NormPlacement.allCases)
  func stepsAreTheWholeBehindThePreparedPositions(_ placement: NormPlacement) throws {
    let model = try Self.translator("Transformer, \(placement)").model
    let input = (0..<530).map { Int32(3 + $0 * $0 % 5) }
    let whole = model.logits(
      Sequences(ids: [sources[0]]), inputs: Sequences(ids: [input]), .evaluation())
    #expect(
      isClose(try stepwise(model, [sources[0], sources[1]], input), whole.floatElements, 1e-4))
  }

  @Test func decodersThatNeverSeeTheSourceAreRefused() throws {
    func read(_ change: (inout RecurrentTranslation) -> Void) throws -> TranslatorConfig {
      var network = RecurrentTranslation(embeddingSize: 6, hiddenSize: 8)
      change(&network)
      let config = TranslatorConfig(
        .recurrent(network), sourceVocabularySize: 7, targetVocabularySize: 9, start: 1, end: 2)
      return try TranslatorConfig(JSONField(config.json, file: "config.json"))
    }
    for form in RecurrentTranslation.Form.allCases {
      let seesSource = form == .context || form == .attention
      let unstarted = try? read { ($0.form, $0.startsFromEncoder) = (form, false) }
      #expect((unstarted != nil) == seesSource, "\(form) from zeros")
      let fed = try? read { ($0.form, $0.feedsInput) = (form, true) }
      #expect((fed != nil) == (form == .attention), "\(form), fed")
      #expect(throws: Never.self) { try read { $0.form = form } }
    }
  }
}

private func isClose(_ found: [Float], _ expected: [Float], _ limit: Float) -> Bool {
  found.count == expected.count
    && zip(found, expected).allSatisfy { abs($0 - $1) <= limit * max(1, abs($1)) }
}
