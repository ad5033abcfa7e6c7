import ApusFiles
import ApusLayers
import ApusTensors
import ApusText
import Foundation
import Testing

@testable import ApusModels
@testable import ApusTraining

@Suite struct FineTuningTaskTests {
  private let directory: TemporaryDirectory
  private let encoder: String

  /// A small BERT with random weights and the tokenizer that stands in the project.
  init() throws {
    directory = try TemporaryDirectory()
    encoder = "\(directory.path)/encoder"
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let tokenizer = try Tokenizer(
      contentsOf: root.appending(path: "vocab/wordpiece.json").path())
    var config = BERTConfig(family: .bert)
    config.vocabularySize = tokenizer.vocabularySize
    (config.hiddenSize, config.intermediateSize) = (16, 32)
    (config.layerCount, config.headCount, config.contextLength) = (1, 2, 32)
    config.hasPretrainingHeads = false
    let store = ParameterStore(seed: 5)
    let model = BERT(config, in: store.root)
    try ModelDirectory.save(model, store.namedValues, to: encoder)
    try tokenizer.save(to: "\(encoder)/tokenizer.json")
    _ = try directory.write(Self.feelings(40), to: "feelings.tsv")
    _ = try directory.write(Self.feelings(11), to: "feelings.dev.tsv")
    _ = try directory.write(Self.pairs(24), to: "pairs.csv")
    _ = try directory.write(Self.queries(8), to: "queries.jsonl")
  }

  private static func feelings(_ count: Int) -> String {
    "sentence\tlabel\n"
      + (0..<count).map { number in
        let isGood = number % 3 > 0
        return "The \(["day", "sea", "song", "hill"][number % 4]) was "
          + "\(isGood ? "good and bright" : "bad and dark")\t\(isGood ? "good" : "bad")\n"
      }.joined()
  }

  private static func pairs(_ count: Int) -> String {
    "first,second,score\n"
      + (0..<count).map { number in
        "a bird sings,\(number % 2 == 0 ? "a bird sings" : "the ship sank"),"
          + "\(number % 2 == 0 ? 5 : 0)\n"
      }.joined()
  }

  private static func queries(_ count: Int) -> String {
    (0..<count).map { number in
      ["yes", "no", "so"].map { word in
        """
        {"query": "q\(number)", "text": "which \(number)?", "pair": "\(word) it is", \
        "label": \(word == "yes" ? 1 : 0)}

        """
      }.joined()
    }.joined()
  }

  private func recipe(_ tasks: String, training: String = "epochs: 6") throws -> Recipe {
    let path = try directory.write(
      """
      tasks:
      \(tasks.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n"))
      optimizer:
        kind: adamw
        learningRate: 0.01
      training:
        \(training)
        sequencesPerBatch: 8
        precision: fp32
      """, to: "tasks.yaml")
    return try Recipe(tasks: path)
  }

  private static let feelings = """
    feelings:
      type: classification
      data: feelings.tsv
      validation: feelings.dev.tsv
      columns: {text: sentence, label: label}
      metrics: [accuracy, matthews]
    """
  private static let pairs = """
    pairs:
      type: similarity
      data: pairs.csv
      validation: pairs.csv
      columns: {text: first, pair: second, label: score}
    """
  private static let queries = """
    queries:
      type: ranking
      data: queries.jsonl
      validation: queries.jsonl
      columns: {query: query, text: text, pair: pair, label: label}
    """

  private func run(
    _ recipe: Recipe, _ name: String, from encoder: String? = nil, until step: Int = .max
  ) throws -> TrainingRun<FineTuningTask> {
    let network = try PretrainedNetwork(encoder ?? self.encoder)
    let run = try TrainingRun(recipe, in: "\(directory.path)/\(name)") { _ in
      try FineTuningTask(recipe, over: network)
    }
    try run.run(showsProgress: false, isCancelled: { run.step >= step })
    return run
  }

  @Test func severalTasksLearnTogether() throws {
    let recipe = try recipe([Self.feelings, Self.pairs, Self.queries].joined(separator: "\n"))
    let run = try run(recipe, "together")
    let score = try #require(try run.task.score(run.model, .fp32))
    let metrics = Dictionary(uniqueKeysWithValues: score.metrics.map { ($0.name, $0.value) })
    #expect(metrics["feelings/accuracy"] == 1 && metrics["feelings/matthews"] == 1)
    #expect(try #require(metrics["pairs/spearman"]) > 0.8)
    #expect(metrics["queries/map"] == 1)
    #expect(score.parts.map(\.name) == ["feelings", "pairs", "queries"])
    // 40 / 8, 24 / 8 and 8 / 8 batches.
    #expect(run.task.batchCountOfEpoch == 9)

    let model = try FineTunedModel.load(run.directory.path).model
    #expect(model.config.tasks.map(\.labels) == [["bad", "good"], [], []])
    for part in ["", "-feelings", "-pairs", "-queries"] {
      #expect(try FineTunedModel.load("\(run.directory.path)/best\(part)").model.tasks.count == 3)
    }
    let feelings = try model.task(named: "feelings")
    let answers = feelings.answers(
      to: try feelings.examples(
        ["The hill was dark", "The sea was good"].map {
          TaskText(.text($0, pair: nil))
        }), .fp32)
    guard case .label(0, let row) = answers[0], case .label(1, _) = answers[1] else {
      Issue.record("expected bad and good, got \(answers)")
      return
    }
    #expect(abs(row.reduce(0, +) - 1) < 1e-5)
  }

  @Test func aStoppedRunEndsWithTheSameBits() throws {
    let recipe = try recipe(
      [Self.feelings, Self.pairs].joined(separator: "\n"), training: "epochs: 2")
    let whole = try run(recipe, "whole")
    _ = try run(recipe, "parts", until: 5)
    let parts = try run(recipe, "parts")
    #expect(parts.step == whole.step)
    let weights = try [whole, parts].map {
      try Data(contentsOf: URL(filePath: "\($0.directory.path)/model.safetensors"))
    }
    #expect(weights[0] == weights[1])
  }

  @Test func aNewTaskKeepsTheHeadsOfOthers() throws {
    let first = try run(try recipe(Self.feelings, training: "steps: 3"), "first")
    let second = try run(
      try recipe(Self.pairs, training: "steps: 3"), "second", from: first.directory.path)
    let (before, after) = (
      try FineTunedModel.load(first.directory.path), try FineTunedModel.load(second.directory.path)
    )
    #expect(after.model.config.tasks.map(\.name) == ["pairs", "feelings"])
    func value(_ store: ParameterStore, _ name: String) -> [Float]? {
      store.namedValues.first { $0.name == name }?.value.floatElements
    }
    let head = "tasks.feelings.classifier.weight"
    #expect(
      value(before.store, head) != nil && value(before.store, head) == value(after.store, head))
    let word = "encoder.embeddings.word_embeddings.weight"
    #expect(value(before.store, word) != value(after.store, word))
  }

  /// The variance of a task grows while its loss is above the balance.
  @Test func uncertaintyWeighsTasks() throws {
    var recipe = try recipe(
      [Self.feelings, Self.pairs].joined(separator: "\n"), training: "steps: 8")
    guard case .fineTuned(var section) = recipe.model else { return }
    section.weighing = .uncertainty
    recipe.model = .fineTuned(section)
    let run = try run(recipe, "uncertain")
    let variances = try FineTunedModel.load(run.directory.path).model.logVariances
      .map { $0.value.floatElements[0] }
    // Squared errors of scores up to 5 are above 1/2, where a variance of 1 has its balance.
    #expect(variances.count == 2 && variances[1] > 0.01)
  }

  @Test func aFrozenEncoderStays() throws {
    var recipe = try recipe(Self.feelings, training: "steps: 4")
    guard case .fineTuned(var section) = recipe.model else { return }
    section.fineTunesEncoder = false
    recipe.model = .fineTuned(section)
    let run = try run(recipe, "frozen")
    let store = try FineTunedModel.load(run.directory.path).store
    for (name, value) in try PretrainedNetwork(encoder).weights where !name.hasPrefix("pooler") {
      let kept = store.namedValues.first { $0.name == "encoder.\(name)" }
      #expect(kept?.value.floatElements == value.floatElements, "\(name)")
    }
  }

  /// The answers of a teacher that are one-sided draw those of a student who learns from them alone.
  @Test func studentsFollowTeachers() throws {
    let teacher = try run(try recipe(Self.feelings), "teacher")
    let recipe = try recipe(
      Self.feelings + """

          teachers: ["teacher"]
          teaching: 1
          temperature: 1
        """)
    let student = try run(recipe, "student")
    let score = try #require(try student.task.score(student.model, .fp32))
    #expect(score.quality == 1)
    #expect(teacher.isFinished)
  }

  @Test func refusesWhatCanNotBeLearnt() throws {
    func message(_ tasks: String) -> String {
      do {
        _ = try run(try recipe(tasks, training: "steps: 1"), "refused")
        return "nothing"
      } catch { return "\(error)" }
    }
    func feelings(_ old: String, _ new: String) -> String {
      message(Self.feelings.replacing(old, with: new))
    }
    #expect(feelings("text: sentence", "text: sentense").contains("did you mean sentence"))
    #expect(feelings("accuracy", "acuracy").contains("tasks.feelings.metrics to be some of"))
    #expect(feelings("label: label}", "label: label, query: x}").contains("tasks.feelings.columns"))
    #expect(
      message(Self.feelings + "\n  labels: [good, fine]").contains(
        "feelings.tsv:2: expected one of the labels good, fine, got \"bad\""))
    _ = try directory.write("sentence\tlabel\nOne day\tgood\n", to: "one.tsv")
    #expect(
      feelings("data: feelings.tsv", "data: one.tsv").contains(
        "one.tsv: expected texts of two labels or more for task feelings, got only \"good\""))
    _ = try directory.write("sentence\tlabel\nOne day\tgrand\n", to: "odd.tsv")
    #expect(
      feelings("validation: feelings.dev.tsv", "validation: odd.tsv").contains(
        "odd.tsv:2: expected one of the labels bad, good of task feelings, got \"grand\""))
    _ = try directory.write("first,second,score\na,b,nan\n", to: "nan.csv")
    #expect(
      message(Self.pairs.replacing("data: pairs.csv", with: "data: nan.csv")).contains(
        "nan.csv:2: expected a finite number"))
    _ = try directory.write("sentence\tlabel\n \tgood\n", to: "empty.tsv")
    #expect(feelings("data: feelings.tsv", "data: empty.tsv").contains("empty.tsv:2"))
    #expect(message(Self.pairs + "\n  head: linear").contains("pairs"))
  }
}
