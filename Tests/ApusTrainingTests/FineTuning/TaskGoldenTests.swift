import ApusFiles
import ApusLayers
import ApusTensors
import Foundation
import Testing

@testable import ApusModels
@testable import ApusTraining

/// Heads over a tiny BERT, against PyTorch (Tests/Peers/models/make_tasks.py).
@Suite struct TaskGoldenTests {
  private static let tests = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path()
  private static let encoder = tests + "ApusModelsTests/Golden/encoders/bert-classifier"
  private static let parts = [(4, 3), (5, 4), (3, 2), (2, 6)]
  private let golden: SafetensorsFile

  init() throws {
    golden = try SafetensorsFile(
      contentsOf: Self.tests + "ApusTrainingTests/Golden/tasks.safetensors")
  }

  private var inputs: [TaskModel.Input] {
    get throws {
      let ids = try golden.tensor("ids").elements(as: Int32.self)
      var start = 0
      return Self.parts.map { first, second in
        defer { start += first + second }
        var passage = Passage(
          ids: Array(ids[start..<start + first + second]),
          segments: Array(repeating: 0, count: first) + Array(repeating: 1, count: second))
        passage.secondStart = first
        return TaskModel.Input([passage])
      }
    }
  }

  /// Compares outputs, loss and the gradient of one of the encoder's weights.
  private func check(
    _ name: String, weights: String? = nil, _ config: TaskConfig,
    outputs: (TaskModel, [TaskModel.Input]) -> Tensor, _ examples: [TaskExample],
    smoothing: Double = 0
  ) throws {
    let sizes = try ModelDirectory.config(of: Self.encoder).encoder(ofDirectory: Self.encoder)
    let encoderWeights = try ModelDirectory.loadEncoder(Self.encoder).store.namedValues
    var start = StartingPoint()
    for (key, value) in encoderWeights { start.values["encoder.\(key)"] = value }
    let place = "w.\(weights ?? name)."
    for key in golden.entries.map(\.name) where key.hasPrefix(place) {
      start.values["task.\(key.dropFirst(place.count))"] = try golden.tensor(key)
    }
    let store = ParameterStore(seed: 0, from: start)
    let model = TaskModel(
      config,
      over: PretrainedConfig.transformer(sizes).network(
        in: store.root / "encoder", hasPooler: true), nil,
      isEncoderFrozen: false, in: store.root / "task")
    expectClose(outputs(model, try inputs), try golden.tensor(name), 1e-5, name)

    var recipe = TaskRecipe(name: "task", kind: config.kind)
    recipe.labelSmoothing = smoothing
    let batch = TaskBatch(
      task: 0, examples: examples, numbers: Array(examples.indices), key: nil)
    let loss = model.loss(batch, recipe, taughtBy: nil, hiding: nil, .evaluation())
    let expected = try golden.tensor("\(name).loss").floatElements[0]
    #expect(abs(loss.scalar - expected) < 1e-5 * max(1, abs(expected)), "\(name)")
    let gain = try #require(
      store.parameters.first { $0.name == "encoder.encoder.layer.1.output.LayerNorm.weight" })
    let gradient = try #require(loss.gradients(of: [gain])[gain])
    expectClose(gradient, try golden.tensor("\(name).gradient"), 1e-4, "\(name).gradient")
  }

  private func config(_ kind: TaskKind, labels: Int = 0) -> TaskConfig {
    var config = TaskConfig(name: "task", kind: kind)
    config.labels = (0..<labels).map { "label \($0)" }
    return config
  }

  private func each(_ targets: [TaskTarget]) throws -> [TaskExample] {
    zip(try inputs, targets).map { TaskExample([$0], $1, id: "") }
  }

  @Test func classesByThePooler() throws {
    var config = config(.classification, labels: 3)
    config.pooling = .pooler
    try check(
      "pooler", config, outputs: { $0.outputs($1, .evaluation()) },
      try each([0, 2, 1, 1].map { .label($0) }), smoothing: 0.1)
  }

  @Test func classesAndLabelsByTheMean() throws {
    try check(
      "mean", config(.classification, labels: 3), outputs: { $0.outputs($1, .evaluation()) },
      try each([0, 2, 1, 1].map { .label($0) }))
    let labels = [
      [true, false, true], [false, false, false], [true, true, true], [false, true, false],
    ]
    try check(
      "several", weights: "mean", config(.multilabel, labels: 3),
      outputs: { $0.outputs($1, .evaluation()) }, try each(labels.map { .labels($0) }))
  }

  @Test func candidatesOfQueries() throws {
    let inputs = try inputs
    var ranking = config(.ranking)
    ranking.pooling = .first
    let outputs: (TaskModel, [TaskModel.Input]) -> Tensor = { $0.outputs($1, .evaluation()) }
    try check(
      "ranking", ranking, outputs: outputs,
      [
        TaskExample(Array(inputs[..<3]), .relevances([1, 0, 3]), id: ""),
        TaskExample([inputs[3]], .relevances([2]), id: ""),
      ])
    var choice = config(.choice)
    choice.pooling = .first
    try check(
      "choice", weights: "ranking", choice, outputs: outputs,
      [
        TaskExample(Array(inputs[..<2]), .label(1), id: ""),
        TaskExample(Array(inputs[2...]), .label(0), id: ""),
      ])
    var similarity = config(.similarity)
    similarity.pooling = .first
    try check(
      "similarity", weights: "ranking", similarity, outputs: outputs,
      try each([1, 2, 3, 4].map { .score($0) }))
  }

  @Test func beginsAndEndsOfAnswers() throws {
    let spans: [ClosedRange<Int>?] = [4...6, nil, 3...3, 2...7]
    try check(
      "answers", config(.answers), outputs: { $0.spans($1, .evaluation()).values },
      try each(spans.map { .spans([$0], right: []) }))
  }

  @Test func stochasticAnswersOfPairs() throws {
    var config = config(.classification, labels: 2)
    config.head = .stochasticAnswers
    config.isPair = true
    config.lookCount = 3
    try check(
      "looks", config, outputs: { $0.outputs($1, .evaluation()) },
      try each([0, 1, 1, 0].map { .label($0) }))
  }
}

/// Compares shape and values, to a tolerance relative to the largest expected one.
private func expectClose(
  _ found: Tensor, _ expected: Tensor, _ tolerance: Float, _ name: String
) {
  #expect(found.shape == expected.shape, "\(name)")
  let pairs = zip(found.floatElements, expected.floatElements)
  let scale = expected.floatElements.reduce(0) { max($0, abs($1)) }
  #expect(pairs.allSatisfy { abs($0 - $1) <= tolerance * scale }, "\(name)")
}
