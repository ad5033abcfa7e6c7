import ApusDecoding
import ApusLayers
import ApusTensors
import Foundation
import Testing

@testable import ApusModels

/// Models that copy: a target's vocabulary of nine tokens, and two behind it that sources may have.
@Suite struct CopyingTests {
  static let networks: [String: RecurrentTranslation] = {
    var networks: [String: RecurrentTranslation] = [:]
    for score in [AttentionScore.general, .additive, .concat] {
      for isFed in [false, true] {
        var network = RecurrentTranslation(embeddingSize: 6, hiddenSize: 8)
        (network.score, network.feedsInput, network.copies) = (score, isFed, true)
        networks["\(score)\(isFed ? ", fed" : "")"] = network
      }
    }
    return networks
  }()

  static func translator(_ name: String) throws -> (model: Translator, store: ParameterStore) {
    let config = TranslatorConfig(
      .recurrent(try #require(networks[name])), sourceVocabularySize: 7, targetVocabularySize: 9,
      start: 1, end: 2)
    let store = ParameterStore(seed: 3)
    return (Translator(config, in: store.root), store)
  }

  private let sources: [[Int32]] = [[3, 0, 2], [2], [5, 0, 3, 3, 0, 2]]
  private let copies: [[Int32]] = [[4, 9, 2], [2], [5, 10, 4, 4, 9, 2]]
  private let inputs: [[Int32]] = [[1, 5], [1, 6, 7, 8, 3], [1, 4, 0]]
  private let targets: [Int32] = [9, 2, 3, 8, 5, 1, 2, 4, 10, 9]

  private func loss(_ model: Translator) -> Tensor {
    model.loss(
      Sequences(ids: sources), inputs: Sequences(ids: inputs), targets: Tensor(targets),
      .evaluation(), copies: Tensor(copies.flatMap { $0 }))
  }

  @Test(arguments: networks.keys.sorted())
  func gradientsAreThoseOfTheLoss(_ name: String) throws {
    let (model, store) = try Self.translator(name)
    #expect(model.config.parameterCount == Double(store.count))
    let gradients = loss(model).gradients(of: store.parameters)
    for parameter in store.parameters {
      let gradient = try #require(gradients[parameter], "\(name): \(parameter.name)")
      let squares = gradient.floatElements.reduce(0.0) { $0 + Double($1) * Double($1) }
      guard squares > 1e-10 else { continue }
      let value = parameter.value.detached
      let step = Float(0.01 / squares.squareRoot())
      func shifted(_ factor: Float) -> Double {
        parameter.update { $0 = value + gradient * (factor * step) }
        return Double(loss(model).scalar)
      }
      let difference = 8 * (shifted(1) - shifted(-1)) - (shifted(2) - shifted(-2))
      let slope = difference / Double(12 * step)
      parameter.update { $0 = value }
      #expect(
        abs(slope - squares) < 0.01 * squares + 4e-6 / Double(step),
        "\(name), \(parameter.name): slope \(slope), gradient \(squares)")
    }
  }

  /// The likeliest translations have the probabilities that the loss gives them.
  @Test(arguments: networks.keys.sorted())
  func scoresAreThoseOfTheLoss(_ name: String) throws {
    let model = try Self.translator(name).model
    var search = TranslationSearch(width: 60, resultCount: 40)
    (search.lengthPenalty, search.tokenCount) = (0, 3)
    let beams = try model.translations(
      of: sources, search, copies: copies, .evaluation())
    var copied = 0
    for (number, beams) in beams.enumerated() {
      for beam in beams where beam.ending == .endOfText {
        let known = beam.tokens.map { $0 < 9 ? $0 : 0 }
        copied += beam.tokens.count { $0 >= 9 }
        let loss = model.loss(
          Sequences(ids: [sources[number]]), inputs: Sequences(ids: [[1] + known]),
          targets: Tensor(beam.tokens + [2]), .evaluation(), divisor: 1,
          copies: Tensor(copies[number]))
        #expect(abs(loss.scalar + beam.score) < 1e-4, "\(name): \(beam)")
      }
    }
    #expect(copied > 0)
  }

  /// A source of unknown words alone can be repeated by copying alone.
  @Test func unknownWordsAreLearntToBeCopied() throws {
    var network = RecurrentTranslation(embeddingSize: 8, hiddenSize: 16)
    (network.score, network.feedsInput, network.copies) = (.general, true, true)
    let config = TranslatorConfig(
      .recurrent(network), sourceVocabularySize: 8, targetVocabularySize: 5, start: 1, end: 2)
    let store = ParameterStore(seed: 1)
    let model = Translator(config, in: store.root)
    let rule = UpdateRule.adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decouplesDecay: false)
    var states = store.parameters.map { parameter in
      rule.stateNames.map { _ in Tensor.zeros(parameter.shape) }
    }
    // The source's tokens 3 to 7 are none of the target's.
    func pair(_ number: Int) -> (source: [Int32], copies: [Int32], target: [Int32]) {
      let words = (0..<2 + number % 2).map { Int32((number / 2 + $0 * (1 + number % 4)) % 5) }
      return (words.map { $0 + 3 } + [2], words.map { $0 + 5 } + [2], words.map { $0 + 5 })
    }
    for step in 0..<250 {
      let pairs = (0..<32).map { pair($0 + 32 * (step % 2)) }
      let gradients = model.loss(
        Sequences(ids: pairs.map(\.source)),
        inputs: Sequences(ids: pairs.map { [1] + $0.target.map { _ in 0 } }),
        targets: Tensor(pairs.flatMap { $0.target + [2] }), .evaluation(),
        copies: Tensor(pairs.flatMap(\.copies))
      ).gradients(of: store.parameters)
      for (index, parameter) in store.parameters.enumerated() {
        guard let gradient = gradients[parameter] else { continue }
        rule.update(
          parameter, along: gradient, state: &states[index], .init(index: step, rate: 0.01),
          decay: 0)
      }
    }
    let pairs = (0..<20).map { pair($0 * 3) }
    let found = try model.translations(
      of: pairs.map(\.source), TranslationSearch(width: 1), copies: pairs.map(\.copies),
      .evaluation())
    let right = zip(found, pairs).count { $0[0].tokens == $1.target }
    #expect(right >= 18, "\(right) of 20")
  }

  @Test(arguments: ["general", "copying"])
  func onlyAllowedTokensAreWritten(_ name: String) throws {
    let copying = name == "copying"
    let model =
      try copying ? Self.translator("general").model : TranslatorTests.translator(name).model
    var search = TranslationSearch(width: 4, resultCount: 4)
    (search.allowed, search.tokenCount, search.minimumTokenCount) = ([4, 7], 5, 2)
    let copies = copying ? copies : nil
    for beams in try model.translations(of: sources, search, copies: copies, .evaluation()) {
      #expect(beams.count == 4)
      for beam in beams {
        #expect(beam.tokens.allSatisfy { $0 == 4 || $0 == 7 } && beam.tokens.count >= 2)
      }
    }
    let drawn = try model.samples(
      of: sources, Sampling(temperature: 1), key: RandomKey(seed: 1, name: "draws"),
      allowed: [4, 7], copies: copies, .evaluation())
    #expect(drawn.joined().allSatisfy { $0 == 4 || $0 == 7 } && !drawn.joined().isEmpty)
    search.allowed = [9]
    #expect(throws: (any Error).self) {
      try model.translations(of: sources, search, copies: copies, .evaluation())
    }
  }
}
