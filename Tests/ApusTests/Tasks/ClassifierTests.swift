import Apus
import ApusFiles
import ApusModels
import ApusTensors
import ApusText
import Foundation
import Testing

/// Classifiers and taggers of every kind of directory, over tiny models with drawn weights.
@Suite final class ClassifierTests {
  private let directory = FileManager.default.temporaryDirectory.appending(
    path: "apus-classifiers-\(UUID().uuidString)"
  ).path
  private let tokenizer: Tokenizer
  private var tuned: String { "\(directory)/tuned" }

  init() throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let text = "\(directory)/text.txt"
    try Data("the kiln was cold by morning\na kiln\n".utf8).write(to: URL(filePath: text))
    tokenizer = try TokenizerTrainer(.wordpiece, vocabularySize: 48).train(on: try Corpus([text]))
      .tokenizer
    var bert = BERTConfig(
      vocabularySize: tokenizer.vocabularySize, contextLength: 40, hiddenSize: 8, layerCount: 1,
      headCount: 2)
    bert.hasPretrainingHeads = false
    bert.transformer.initializerRange = 0.5
    var moods = TaskConfig(name: "moods", kind: .classification)
    moods.labels = ["bad", "good", "so"]
    var pairs = TaskConfig(name: "pairs", kind: .classification)
    (pairs.labels, pairs.isPair) = (["no", "yes"], true)
    var names = TaskConfig(name: "names", kind: .tagging)
    (names.labels, names.scheme) = (["O", "S-LOC", "B-LOC", "E-LOC"], .iobes)
    var chained = names
    (chained.name, chained.hasChain) = ("chained", true)
    var (alike, order) = (
      TaskConfig(name: "alike", kind: .similarity), TaskConfig(name: "order", kind: .ranking)
    )
    (alike.isPair, order.isPair) = (true, true)
    let config = FineTunedConfig(
      encoder: .transformer(.bert(bert)), maximumLength: 20,
      tasks: [moods, pairs, names, chained, alike, order])
    let store = ParameterStore(seed: 3)
    let model = try FineTunedModel(config, tokenizer, in: store.root)
    try model.save(store.namedValues, to: tuned)
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  private func task(_ name: String) throws -> TaskModel {
    try FineTunedModel.load(tuned).model.task(named: name)
  }

  @Test func tasksClassifyTextsAndPairs() throws {
    let texts = ["the kiln was cold", "", "a kiln by morning"]
    let moods = try Classifier(tuned, task: "moods")
    #expect(moods.labels == ["bad", "good", "so"] && !moods.readsPairs)
    let model = try task("moods")
    for (text, answer) in zip(texts, try moods.classify(texts)) {
      let expected = model.outputs([model.input(text)], .evaluation()).softmax().floatElements
      #expect(zip(answer.probabilities, expected).allSatisfy { abs($0 - $1) < 1e-5 })
      let best = expected.indices.max { expected[$0] < expected[$1] }
      #expect(answer.label == best.map { moods.labels[$0] } && answer.votes == nil)
    }
    let pairs = try Classifier(tuned, task: "pairs")
    let pair = try task("pairs")
    let answer = try pairs.classify([("a kiln", "the cold")])[0]
    let expected = pair.outputs([pair.input("a kiln", "the cold")], .evaluation()).softmax()
    #expect(zip(answer.probabilities, expected.floatElements).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(pairs.readsPairs)
    #expect(throws: InputError.self) { try pairs.classify(texts) }
    #expect(throws: InputError.self) { try moods.classify([("a", "b")]) }
  }

  /// The classifiers of `apus train`.
  @Test func classifiersOfOneTaskAreTheSameType() throws {
    var config = ClassifierConfig(
      .convolutions(kernelSizes: [1, 2], channelCount: 3),
      vocabularySize: tokenizer.vocabularySize, labels: ["x", "y"])
    config.embeddingSize = 4
    let store = ParameterStore(seed: 2)
    let model = SequenceClassifier(config, in: store.root)
    let path = "\(directory)/plain"
    try SequenceClassifier.save(config, store.namedValues, to: path)
    try tokenizer.save(to: "\(path)/tokenizer.json")
    let classifier = try Classifier(path)
    let ids = tokenizer.encode("a cold kiln").ids
    let expected = model(Sequences(ids: [ids]), .evaluation()).softmax().floatElements
    let answer = try classifier.classify(["a cold kiln"])[0]
    #expect(zip(answer.probabilities, expected).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(classifier.labels == ["x", "y"])
    #expect(throws: InputError.self) { try classifier.classify([("a", "b")]) }
    #expect(throws: InputError.self) { try Classifier(path, task: "moods") }
  }

  @Test(arguments: ["names", "chained"]) func tasksTag(_ name: String) throws {
    let tagger = try Tagger(tuned, task: name)
    #expect(tagger.tags == ["O", "S-LOC", "B-LOC", "E-LOC"])
    let model = try task(name)
    let sentences = [["the", "cold", "kiln"], [], ["morning"]]
    let found = tagger.tag(words: sentences)
    for (words, tags) in zip(sentences, found) where !words.isEmpty {
      let emissions = model.emissions([model.input(words: words)], .evaluation())
      #expect(tags == model.tagging.labels(emissions).map { tagger.tags[$0] })
    }
    #expect(found[1].isEmpty)
    let text = tagger.tag("The cold kiln. A morning")
    #expect(text.words.map(\.text) == ["The", "cold", "kiln", ".", "A", "morning"])
    let scalars = Array("The cold kiln. A morning".unicodeScalars)
    for entity in text.entities {
      #expect(String(String.UnicodeScalarView(scalars[entity.characters])) == entity.text)
    }
  }

  @Test func pairsAreScoredAndCandidatesRanked() throws {
    let pairs = [("a kiln", "the cold"), ("", "a kiln"), ("the morning", "a cold kiln by morning")]
    func scores(_ name: String, _ pairs: [(String, String)]) throws -> [Float] {
      let model = try task(name)
      return pairs.map { model.outputs([model.input($0.0, $0.1)], .evaluation()).floatElements[0] }
    }
    let similar = try SimilarityModel(tuned, task: "alike")
    let found = similar.similarities(pairs)
    #expect(zip(found, try scores("alike", pairs)).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(abs(similar.similarity("a kiln", "the cold") - found[0]) < 1e-5)
    #expect(similar.similarities([]).isEmpty)

    let ranker = try Ranker(tuned, task: "order")
    let candidates = ["cold", "the kiln", "by morning", "cold"]
    let expected = try scores("order", candidates.map { ("a kiln", $0) })
    let ranked = ranker.rank(candidates, for: "a kiln")
    #expect(ranked.allSatisfy { $0.text == candidates[$0.index] })
    #expect(ranked.allSatisfy { abs($0.score - expected[$0.index]) < 1e-5 })
    #expect(zip(ranked, ranked.dropFirst()).allSatisfy { $0.score >= $1.score })
    // Of equals the first comes first.
    let equals = ranked.filter { $0.text == "cold" }.map(\.index)
    #expect(equals == [0, 3])
    #expect(ranker.rank([], for: "a kiln").isEmpty)
    #expect(throws: InputError.self) { try Ranker(tuned, task: "alike") }
    #expect(throws: InputError.self) { try SimilarityModel(tuned, task: "order") }
  }

  @Test func refusesOtherTasks() throws {
    func message(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\(error)" }
      return "nothing"
    }
    #expect(message { _ = try Classifier(tuned) }.contains("the name of one of its tasks"))
    #expect(
      message { _ = try Classifier(tuned, task: "names") }.contains(
        "expected a task of classification, got names"))
    #expect(
      message { _ = try Tagger(tuned, task: "moods") }.contains("expected a task of tagging"))
    #expect(
      message { _ = try Classifier(tuned, task: "moods", vote: .average) }.contains("to vote"))
  }
}
