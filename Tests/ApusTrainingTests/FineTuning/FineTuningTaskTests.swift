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

  /// A run that stays near slow weights goes on with these as they were, and moves less than one without.
  @Test func slowWeightsHoldARunAndAreKept() throws {
    let plain = try recipe(
      [Self.feelings, Self.pairs].joined(separator: "\n"), training: "epochs: 2")
    var held = plain
    var adaptation = AdaptationRecipe()
    (adaptation.proximity, adaptation.proximityDecay) = (50, 0.999)
    held.adaptation = adaptation
    let whole = try run(held, "held")
    _ = try run(held, "held-parts", until: 5)
    let parts = try run(held, "held-parts")
    let files = ["model.safetensors", "training/checkpoint.safetensors"]
    for file in files {
      let bytes = try [whole, parts].map {
        try Data(contentsOf: URL(filePath: "\($0.directory.path)/\(file)"))
      }
      #expect(bytes[0] == bytes[1], "\(file)")
    }
    let free = try run(plain, "free")
    func movement(_ run: TrainingRun<FineTuningTask>) throws -> Float {
      let store = try FineTunedModel.load(run.directory.path).store
      let start = run.task.start.values
      return store.namedValues.reduce(0) { sum, named in
        guard let before = start[named.name] else { return sum }
        return sum
          + zip(named.value.floatElements, before.floatElements)
          .reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      }
    }
    let moved = (try movement(whole), try movement(free))
    #expect(moved.0 > 0 && moved.0 < moved.1, "\(moved)")
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

  private static let lines = """
    lines:
      type: language
      data: lines.txt
      validation: lines.txt
    """

  /// Perplexity is that of all hidden tokens, however texts are batched, and does not choose the best
  /// model beside a task that is used.
  @Test func languageIsMeasuredByTokens() throws {
    _ = try directory.write(
      "the day was good\nthe sea\n" + String(repeating: "a song of hills and ships ", count: 4),
      to: "lines.txt")
    let run = try run(
      try recipe([Self.feelings, Self.lines].joined(separator: "\n"), training: "steps: 2"), "lines"
    )
    let score = try #require(try run.task.score(run.model, .fp32))
    let metrics = Dictionary(uniqueKeysWithValues: score.metrics.map { ($0.name, $0.value) })
    #expect(score.quality == metrics["feelings/accuracy"] && score.parts.count == 2)

    let task = try #require(run.recipe.tasks.last)
    let model = try FineTunedModel.load(run.directory.path).model.task(named: "lines")
    let measured = try model.score(on: "\(directory.path)/lines.txt", task, .fp32)
    #expect(measured.count == 3)
    let examples = try model.examples(
      TaskTextReader(task).read("\(directory.path)/lines.txt"))
    let hiding = try TokenHiding(task, of: model)
    let key = RandomKey(seed: 0, name: "masks")
    let losses = examples.indices.map {
      model.languageLoss(examples[$0].inputs, hiding, [key.split($0)], .evaluation())
    }
    let count = losses.reduce(0) { $0 + $1.count }
    let sum = losses.reduce(0) { $0 + Double($1.sum.scalar) }
    #expect(abs(measured.value(of: .perplexity) / exp(sum / Double(count)) - 1) < 1e-5)
    #expect(abs(try #require(metrics["lines/perplexity"]) / exp(sum / Double(count)) - 1) < 1e-5)
  }

  /// What hides tokens starts as it was pretrained.
  @Test func languageKeepsThePretrainedHead() throws {
    let path = "\(directory.path)/pretrained"
    var config = BERTConfig(family: .bert)
    let tokenizer = try Tokenizer(contentsOf: "\(encoder)/tokenizer.json")
    config.vocabularySize = tokenizer.vocabularySize
    (config.hiddenSize, config.intermediateSize) = (16, 32)
    (config.layerCount, config.headCount, config.contextLength) = (1, 2, 32)
    let store = ParameterStore(seed: 9)
    let model = BERTPretraining(config, in: store.root)
    try ModelDirectory.save(.bert(model), store.namedValues, to: path)
    try tokenizer.save(to: "\(path)/tokenizer.json")
    let head = try PretrainedNetwork(path).maskedTokenHead()
    let expected = store.namedValues.filter { $0.name.hasPrefix("cls.predictions.") }
    #expect(head.count == expected.count && head.count == 5)
    for (name, value) in expected {
      let found = head.first { "cls.\($0.name)" == name }
      #expect(found?.value.floatElements == value.floatElements, "\(name)")
    }
    _ = try directory.write("the day was good\nthe sea was dark\n", to: "lines.txt")
    let task = try FineTuningTask(
      try recipe(Self.lines, training: "steps: 1"), over: try PretrainedNetwork(path))
    let name = "predictions.transform.dense.weight"
    let started = ParameterStore(seed: 1, from: task.start)
    _ = task.model(in: started.root)
    let value = started.namedValues.first { $0.name == "tasks.lines.\(name)" }?.value
    #expect(
      try #require(value).floatElements
        == expected.first { $0.name == "cls.\(name)" }?.value.floatElements)
  }

  /// A head goes on learning only as it was; what the encoder lacks is not drawn.
  @Test func tasksThatDoNotFitAreRefused() throws {
    let first = try run(try recipe(Self.pairs, training: "steps: 1"), "first").directory.path
    func failure(_ task: String, over encoder: String) throws -> String {
      let recipe = try recipe(task, training: "steps: 1")
      let network = try PretrainedNetwork(encoder)
      let error = #expect(throws: InputError.self) { try FineTuningTask(recipe, over: network) }
      return error.map { "\($0)" } ?? ""
    }
    #expect(
      try failure(Self.pairs + "\n  pooling: max", over: first).contains("pooling mean"))
    #expect(
      try failure(
        Self.pairs.replacing("text: first, pair: second", with: "text: first"), over: first
      ).contains("of pairs"))
    let classes = try directory.write("text\tlabel\na\tx\nb\ty\nc\tz\n", to: "three.tsv")
    #expect(
      try failure(
        "three: {type: classification, data: \(classes), columns: {text: text}, metrics: [f1]}",
        over: encoder
      ).contains("metrics that are defined for its data"))
    let store = ParameterStore(seed: 5)
    var config = try #require(
      {
        if case .transformer(.bert(let config)) = try PretrainedNetwork(encoder).config {
          config
        } else {
          nil
        }
      }())
    config.hasPretrainingHeads = false
    let bare = "\(directory.path)/bare"
    let model = BERT(config, hasPooler: false, in: store.root)
    try ModelDirectory.save(model, store.namedValues, to: bare)
    try Tokenizer(contentsOf: "\(encoder)/tokenizer.json").save(to: "\(bare)/tokenizer.json")
    #expect(
      try failure(Self.feelings + "\n  pooling: pooler", over: bare).contains("without one"))
    // A summary that no task stands on is kept for those to come.
    let kept = try run(try recipe(Self.feelings, training: "steps: 1"), "kept").directory.path
    #expect(try PretrainedNetwork(kept).hasPooler)
  }

  /// Keys may stand in any order.
  @Test func keysOfTasksHaveNoOrder() throws {
    func recipe(_ lines: String) throws -> Recipe {
      try self.recipe("a:\n" + lines.split(separator: "\n").map { "  \($0)\n" }.joined())
    }
    let task = try recipe(
      "looks: 3\nhead: stochastic-answers\nteacherShare: 0.25\nteachers: [t]\ntype: classification"
    ).tasks[0]
    #expect(task.looks == 3 && task.teacherShare == 0.25)
    for lines in [
      "pooling: max\nhead: stochastic-answers", "head: stochastic-answers\npooling: max",
    ] {
      #expect(throws: InputError.self) { try recipe(lines + "\ntype: classification") }
    }
  }

  /// Of texts beyond the limit only the first window is made.
  @Test func longPairsAreCutAtOnce() throws {
    let reader = try PassageReader(
      Tokenizer(contentsOf: "\(encoder)/tokenizer.json"), maximumLength: 24)
    let long = Array(repeating: "the day was good", count: 20_000).joined(separator: " ")
    let short = Array(repeating: "the day was good", count: 10).joined(separator: " ")
    let passages = reader.passages(long, long)
    #expect(passages == reader.passages(short, short) && passages[0].count == 24)
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

  /// A run that gets no better ends once it was validated in vain as often as it may, and stays ended.
  @Test func endsEarly() throws {
    var recipe = try recipe(Self.feelings, training: "epochs: 40\n  earlyStoppingPatience: 2")
    recipe.optimizer.learningRate = 1e-9
    for _ in 0..<2 {
      let run = try run(recipe, "early")
      // Three epochs of five batches: the first is the best, two are no better.
      #expect(run.isFinished && run.step == 15)
      #expect(try FineTunedModel.load(run.directory.best).model.tasks.count == 1)
    }
  }

  /// The answers of a teacher that are one-sided draw those of a student who learns from them alone.
  @Test func studentsFollowTeachers() throws {
    let teacher = try run(try recipe(Self.feelings), "teacher")
    let recipe = try recipe(
      Self.feelings + """

          teachers: ["teacher"]
          teacherShare: 1
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
    // What is measured at the end is looked at in the beginning.
    #expect(feelings("validation: feelings.dev.tsv", "test: odd.tsv").contains("odd.tsv:2"))
    #expect(feelings("validation: feelings.dev.tsv", "test: none.tsv").contains("none.tsv"))
    _ = try directory.write("first,second,score\na,b,nan\n", to: "nan.csv")
    #expect(
      message(Self.pairs.replacing("data: pairs.csv", with: "data: nan.csv")).contains(
        "nan.csv:2: expected a finite number"))
    _ = try directory.write("sentence\tlabel\n \tgood\n", to: "empty.tsv")
    #expect(feelings("data: feelings.tsv", "data: empty.tsv").contains("empty.tsv:2"))
    #expect(message(Self.pairs + "\n  head: linear").contains("pairs"))
  }
}
