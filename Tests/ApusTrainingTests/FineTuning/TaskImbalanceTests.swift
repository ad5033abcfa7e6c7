import ApusFiles
import ApusLayers
import ApusTensors
import ApusText
import Foundation
import Testing

@testable import ApusModels
@testable import ApusTraining

/// Tasks of classes of unequal size.
@Suite struct TaskImbalanceTests {
  private let directory: TemporaryDirectory
  private let encoder: String

  init() throws {
    directory = try TemporaryDirectory()
    encoder = "\(directory.path)/encoder"
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let tokenizer = try Tokenizer(contentsOf: root.appending(path: "vocab/wordpiece.json").path())
    var config = BERTConfig(family: .bert)
    config.vocabularySize = tokenizer.vocabularySize
    (config.hiddenSize, config.intermediateSize) = (16, 32)
    (config.layerCount, config.headCount, config.contextLength) = (1, 2, 32)
    config.hasPretrainingHeads = false
    let store = ParameterStore(seed: 5)
    let model = BERT(config, in: store.root)
    try ModelDirectory.save(model, store.namedValues, to: encoder)
    try tokenizer.save(to: "\(encoder)/tokenizer.json")
    _ = try directory.write(Self.texts(220, every: 11), to: "train.tsv")
    _ = try directory.write(Self.texts(60, every: 3), to: "valid.tsv")
  }

  /// Texts of two labels, one of them rare, with a word that speaks for the rare one and stands in a
  /// seventh of the others too.
  private static func texts(_ count: Int, every: Int) -> String {
    "text\tlabel\n"
      + (0..<count).map { number in
        let isRare = number % every == 0
        let word = isRare || number % 7 == 3 ? "dark" : "bright"
        return "the \(["day", "sea", "song", "hill", "ship"][number % 5]) was \(word)\t"
          + "\(isRare ? "rare" : "often")\n"
      }.joined()
  }

  private func recipe(_ imbalance: String, head: String = "linear") throws -> Recipe {
    let section =
      imbalance.isEmpty
      ? ""
      : "    imbalance:\n"
        + imbalance.split(separator: ";").map { "      \($0)\n" }.joined()
    let path = try directory.write(
      """
      tasks:
        rarity:
          type: classification
          data: train.tsv
          validation: valid.tsv
          columns: {text: text, label: label}
          metrics: [macro_f1]
          head: \(head)
      \(section)
      optimizer:
        kind: adamw
        learningRate: 0.01
      training:
        epochs: 3
        sequencesPerBatch: 16
        precision: fp32
      """, to: "tasks.yaml")
    return try Recipe(tasks: path)
  }

  private func run(
    _ recipe: Recipe, _ name: String, until step: Int = .max
  ) throws -> TrainingRun<FineTuningTask> {
    let network = try PretrainedNetwork(encoder)
    let run = try TrainingRun(recipe, in: "\(directory.path)/\(name)") { _ in
      try FineTuningTask(recipe, over: network)
    }
    try run.run(showsProgress: false, isCancelled: { run.step >= step })
    return run
  }

  private func macroF1(_ run: TrainingRun<FineTuningTask>) throws -> Double {
    let recipe = run.recipe.tasks[0]
    return try FineTunedModel.load(run.directory.best).model.tasks[0]
      .score(on: "\(directory.path)/valid.tsv", recipe, .fp32).value(of: .macroF1)
  }

  /// 20 of 220 examples are rare, so that logits of the rare class are lowered by ln 10 while it is learnt.
  @Test func theLossIsAdjustedByTheSharesOfLabels() throws {
    let recipe = try recipe("logitAdjustment: 1;l2: 0.5")
    let network = try PretrainedNetwork(encoder)
    let task = try FineTuningTask(recipe, over: network)
    let store = ParameterStore(seed: 3, from: task.start)
    let model = task.model(in: store.root)
    var batches = task.batches(from: BatchCursor())
    let drawn = batches.next()
    let batch = try #require(drawn)
    func loss() -> TaskLoss {
      var carried: [Tensor] = []
      return task.loss(batch, model, carrying: &carried, .evaluation(), of: batch.targetCounts)
    }
    let head = model.tasks[0]
    let rows = head.outputs(batch.inputs, .evaluation()).floatElements.map(Double.init)
    var expected = 0.0
    for (index, example) in batch.examples.enumerated() {
      let logits = [
        rows[2 * index] + log(200.0 / 220), rows[2 * index + 1] + log(20.0 / 220),
      ]
      let sum = log(exp(logits[0]) + exp(logits[1]))
      expected += (sum - logits[try #require(example.target.number)]) / Double(batch.examples.count)
    }
    #expect(abs(Double(loss().tokens.scalar) - expected) < 1e-5)
    let weight = try #require(head.classifier).weight
    let squares = weight.value.floatElements.reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(abs(Double(loss().total.scalar) - expected - 0.25 * squares) < 1e-5)
    // The gradient has what the penalty gives: half of the weight.
    let gradients = [loss().total, loss().tokens].map {
      $0.gradients(of: [weight])[weight]?.floatElements ?? []
    }
    for (index, value) in weight.value.floatElements.enumerated() {
      #expect(abs(gradients[0][index] - gradients[1][index] - 0.5 * value) < 1e-5)
    }
  }

  @Test func rareClassesGain() throws {
    let plain = try macroF1(run(try recipe(""), "plain"))
    let adjusted = try macroF1(run(try recipe("logitAdjustment: 1"), "adjusted"))
    #expect(adjusted > plain + 0.05, "\(adjusted) and \(plain)")
  }

  @Test func thresholdsAreChosenAndKept() throws {
    let tuned = try run(try recipe("tuneThresholds: true"), "tuned")
    let (model, store) = try FineTunedModel.load(tuned.directory.best)
    let with = try macroF1(tuned)
    var config = model.config
    config.tasks[0].thresholds = nil
    try FineTunedModel.save(config, store.namedValues, to: tuned.directory.best)
    #expect(try model.config.tasks[0].thresholds != nil && with > macroF1(tuned) + 0.05)
  }

  @Test func aStoppedRunIsFinishedAlike() throws {
    let recipe = try recipe(
      "sampling: balanced;retrainingEpochs: 3;filling: smote;neighbours: 3;tuneThresholds: true")
    #expect(try Recipe(yaml: recipe.yaml) == recipe)
    let whole = try run(recipe, "whole")
    _ = try run(recipe, "parts", until: 9)
    let parts = try run(recipe, "parts")
    for part in ["model.safetensors", "config.json", "best/model.safetensors", "best/config.json"] {
      let contents = try [whole, parts].map {
        try Data(contentsOf: URL(filePath: "\($0.directory.path)/\(part)"))
      }
      #expect(contents[0] == contents[1], "\(part)")
    }
  }

  @Test(arguments: [
    ("classWeights: inverse;sampling: over", "linear", "one of classWeights, logitAdjustment and"),
    ("neighbours: 3", "linear", "tasks.rarity.imbalance"),
    ("retrainingEpochs: 2", "stochastic-answers", "imbalance.retrainingEpochs to be 0"),
    ("l1: 0.1", "stochastic-answers", "imbalance.l1 and l2 to be 0"),
  ]) func whatHasNoEffectIsRefused(_ imbalance: String, _ head: String, _ expected: String) {
    let error = #expect(throws: InputError.self) { try recipe(imbalance, head: head) }
    #expect("\(error.map { "\($0)" } ?? "")".contains(expected), "\(String(describing: error))")
  }

  @Test func foldsHaveMeansAndDeviations() throws {
    var results = try CrossValidation(foldCount: 3, in: directory.path)
    for value in [0.5, 0.7, 0.9] {
      results.add([.init(task: "a", data: "d", metric: "f1", value: value)])
    }
    #expect(abs(results.rows[0].mean - 0.7) < 1e-12 && abs(results.rows[0].deviation - 0.2) < 1e-12)
    #expect(results.markdown.contains("| a | f1 | 0.7000 | 0.2000 | 0.5000 | 0.7000 | 0.9000 |"))
    #expect(throws: InputError.self) { _ = try CrossValidation(foldCount: 4, in: directory.path) }
  }
}
