import ApusLayers
import ApusTensors
import ApusText
import Testing

@testable import ApusModels

@Suite struct AttributionTests {
  @Test func scoresOfClosedFormsAreExact() {
    // f(x) = Σ x², so that a value's score is x² − b².
    let input = Tensor([1, -2, 3, 0.5, 2, 4] as [Float]).reshaped([3, 2])
    let baseline = Tensor([0, 1, 3, 0.5, -2, 0] as [Float]).reshaped([3, 2])
    let result = integratedGradients(of: [input], from: [baseline], stepCount: 3) { states in
      states[0].map { $0 * $0 }.means.sum(axis: 1) * Float(3)
    }
    for (score, expected) in zip(result.scores, [4, 0, 16] as [Float]) {
      #expect(abs(score - expected) < 1e-4)
    }
    #expect(abs(result.output - 34.25) < Float(1e-3) && result.error < 1e-3)
  }

  /// f(x, y) = Σ x · Σ y from zeros: half of the product is each sum's, by the share of each value.
  @Test func partsShareWhatTheyMakeTogether() {
    let inputs = [Tensor([1, 3] as [Float], [2, 1]), Tensor([2, 4, 4] as [Float], [1, 3])]
    let result = integratedGradients(
      of: inputs, from: inputs.map { .zeros($0.shape) }, stepCount: 40
    ) { $0[0].sums.sum(axis: 1) * $0[1].sums.sum(axis: 1) }
    for (score, expected) in zip(result.scores, [5, 15, 20] as [Float]) {
      #expect(abs(score - expected) < 1e-3, "\(result)")
    }
    #expect(
      result.summed(over: [0, nil, 0], count: 2).scores == [result.scores[0] + result.scores[2], 0])
  }
}

@Suite struct ClassifierAttributionTests {
  /// Scores of words add up to what they change, on the way through either network.
  @Test(arguments: [
    ClassifierConfig.Network.convolutions(kernelSizes: [2, 3], channelCount: 6),
    .recurrent(size: 5), .recurrent(size: 4, pooling: .attention),
  ]) func scoresAreComplete(_ network: ClassifierConfig.Network) {
    var config = ClassifierConfig(network, vocabularySize: 20, labels: ["a", "b", "c"])
    config.embeddingSize = 8
    let model = SequenceClassifier(config, in: ParameterStore(seed: 3).root)
    let ids: [Int32] = [4, 17, 9, 2, 11]
    let result = model.attribution(of: ids, to: 1, stepCount: 500)
    let logits = model(Sequences(ids: [ids]), .evaluation()).floatElements
    #expect(abs(result.output - logits[1]) < 1e-5)
    #expect(result.scores.count == 5 && result.scores.contains { abs($0) > 1e-4 })
    #expect(result.error < 0.01 * abs(result.output - result.baselineOutput) + 1e-4, "\(result)")
  }
}

/// Scores of tasks and taggers, over every kind of encoder, with drawn weights.
@Suite struct TaskAttributionTests {
  private let tokenizer: Tokenizer

  init() throws {
    let directory = try TemporaryDirectory()
    try directory.write(Array("the kiln was cold by morning\na kiln\n".utf8), to: "text.txt")
    tokenizer = try TokenizerTrainer(.wordpiece, vocabularySize: 48)
      .train(on: try Corpus(["\(directory.path)/text.txt"])).tokenizer
  }

  private func encoder(_ name: String) -> PretrainedConfig {
    let size = tokenizer.vocabularySize
    func classifier(_ network: ClassifierConfig.Network) -> PretrainedConfig {
      var config = ClassifierConfig(network, vocabularySize: size, labels: ["a", "b"])
      config.embeddingSize = 6
      return .classifier(config)
    }
    switch name {
    case "elmo":
      var config = ELMoConfig(
        vocabularySize: 5, filters: [.init(width: 2, count: 4)], size: 6, projectedSize: 4)
      config.characterSize = 3
      return .elmo(config)
    case "bilstm": return classifier(.recurrent(size: 4))
    case "textcnn": return classifier(.convolutions(kernelSizes: [2, 3], channelCount: 4))
    case "vectors": return .wordVectors(WordVectorConfig(vocabularySize: size, dimension: 5))
    case "gpt2":
      var config = GPTConfig(
        vocabularySize: size, contextLength: 32, hiddenSize: 8, layerCount: 1, headCount: 2)
      config.transformer.initializerRange = 0.3
      return .transformer(.gpt(config))
    default:
      var config = BERTConfig(
        family: name == "roberta" ? .roberta : .bert,
        TransformerConfig(
          vocabularySize: size, contextLength: 32, hiddenSize: 8, layerCount: 1, headCount: 2))
      config.hasPretrainingHeads = false
      config.transformer.initializerRange = 0.3
      return .transformer(.bert(config))
    }
  }

  private static let tasks: [TaskConfig] = {
    var moods = TaskConfig(name: "moods", kind: .classification)
    moods.labels = ["bad", "good", "so"]
    var marks = TaskConfig(name: "marks", kind: .multilabel)
    (marks.labels, marks.pooling) = (["x", "y"], .attention)
    var alike = TaskConfig(name: "alike", kind: .similarity)
    alike.isPair = true
    var order = TaskConfig(name: "order", kind: .ranking)
    (order.isPair, order.pooling) = (true, .max)
    var choice = TaskConfig(name: "choice", kind: .choice)
    choice.isPair = true
    var looks = TaskConfig(name: "looks", kind: .classification)
    (looks.labels, looks.isPair, looks.head) = (["no", "yes"], true, .stochasticAnswers)
    var names = TaskConfig(name: "names", kind: .tagging)
    (names.labels, names.hasChain) = (["O", "N"], true)
    return [moods, marks, alike, order, choice, looks, names]
  }()

  private func model(_ encoder: String) throws -> FineTunedModel {
    let config = self.encoder(encoder)
    let needsTokenizer = config.vocabularySize != nil
    return try FineTunedModel(
      FineTunedConfig(encoder: config, maximumLength: 30, tasks: Self.tasks),
      needsTokenizer ? tokenizer : nil, in: ParameterStore(seed: 3).root)
  }

  /// The scores of every task add up to what the text changes, over every encoder; the output is that of
  /// the model.
  @Test(arguments: ["bert", "roberta", "gpt2", "elmo", "bilstm", "textcnn", "vectors"])
  func scoresAreComplete(_ name: String) throws {
    for task in try model(name).tasks {
      let isTagging = task.config.kind == .tagging
      let input =
        isTagging
        ? task.input(words: ["a", "cold", "kiln", "by"])
        : task.input("the kiln was cold", task.config.isPair ? "a morning" : nil)
      let number = task.config.labels.isEmpty ? 0 : 1
      let word = isTagging ? 2 : nil
      let result = try task.attribution(of: input, to: number, atWord: word, stepCount: 400)
      let outputs =
        isTagging
        ? task.emissions([input], .evaluation()).values.rows(2..<3).floatElements
        : task.outputs([input], .evaluation()).floatElements
      #expect(abs(result.output - outputs[number]) < 1e-4, "\(name), \(task.config.name)")
      let change = abs(result.output - result.baselineOutput)
      #expect(change > 1e-5, "\(name), \(task.config.name)")
      #expect(result.error < 0.02 * change + 1e-4, "\(name), \(task.config.name): \(result)")
      #expect(result.scores.count == input.count, "\(name), \(task.config.name)")
    }
  }

  /// Over word vectors all is linear: a token's score is its vector's product with the head's row, over
  /// the number of tokens.
  @Test func scoresOfVectorsAreProducts() throws {
    let task = try model("vectors").task(named: "moods")
    let input = task.input("the kiln was cold")
    let result = try task.attribution(of: input, to: 2, stepCount: 4)
    let states = task.states([input], .evaluation()).values
    let classifier = try #require(task.classifier)
    let row = classifier.weight.value.rows(2..<3)
    let products = (states * row).sum(axis: 1).floatElements
    let special = Set(tokenizer.encode("").ids)
    for (index, score) in result.scores.enumerated() {
      let isSpecial = special.contains(input.passages[0].ids[index])
      let expected = isSpecial ? 0 : products[index] / Float(products.count)
      #expect(abs(score - expected) < 1e-5, "\(index)")
    }
    // A word's tag depends on its own tokens alone.
    let names = try model("vectors").task(named: "names")
    let tag = try names.attribution(
      of: names.input(words: ["a", "cold", "kiln"]), to: 1, atWord: 1, stepCount: 4)
    #expect(tag.scores[0] == 0 && tag.scores[2] == 0 && abs(tag.scores[1]) > 1e-5)
  }

  /// Taggers that join their own vectors of words with a pretrained network, under LSTMs.
  @Test(arguments: ["bert", "elmo", nil]) func scoresOfTaggersAreComplete(_ name: String?) {
    let sentences = [["the", "kiln", "was", "cold", "by", "morning"]]
    let lexicon = TaggerLexicon(of: sentences)
    var config = TaggerConfig(
      tags: ["X", "Y"], scheme: nil, wordCount: lexicon.wordCount,
      characterCount: lexicon.characterCount)
    (config.wordSize, config.characterSize, config.spellingSize, config.hiddenSize) = (4, 3, 3, 4)
    config.encoder = name.map(encoder)
    let model = WordTagger(
      config, lexicon, name == "bert" ? tokenizer : nil, in: ParameterStore(seed: 5).root)
    let sentence = model.sentence(sentences[0])
    let result = model.attribution(of: sentence, to: 1, atWord: 3, stepCount: 400)
    let expected = model.emissions([sentence], .evaluation()).values.rows(3..<4).floatElements[1]
    #expect(abs(result.output - expected) < 1e-4 && result.scores.count == 6)
    let change = abs(result.output - result.baselineOutput)
    #expect(change > 1e-5 && result.error < 0.02 * change + 1e-4, "\(result)")
  }

  @Test func answersAreRefusedByName() throws {
    let answers = TaskConfig(name: "answers", kind: .answers)
    let model = try FineTunedModel(
      FineTunedConfig(encoder: encoder("bert"), maximumLength: 30, tasks: [answers]), tokenizer,
      in: ParameterStore(seed: 3).root)
    let task = model.tasks[0]
    let error = #expect(throws: (any Error).self) {
      try task.attribution(of: task.input("the kiln", "was cold"))
    }
    #expect(error.map { "\($0)".contains("got answers") } == true)
  }
}
