import ApusFiles
import ApusLayers
import ApusTensors
import Foundation
import Testing

@testable import ApusModels
@testable import ApusTraining

@Suite struct FrozenFeaturesTests {
  private let tagger: TunedTagger
  private var directory: TemporaryDirectory { tagger.directory }

  init() throws {
    tagger = try TunedTagger()
    _ = try directory.write(
      "sentence\tlabel\n"
        + (0..<20).map { number in
          "the kiln was \(number % 2 == 0 ? "cold\tbad" : "by morning\tgood")\n"
        }.joined(), to: "moods.tsv")
    _ = try directory.write(
      (0..<12).map { number in
        """
        {"query": "\(number / 3)", "text": "a kiln", "pair": "\(["cold", "was by", "a"][number % 3])", \
        "label": \(number % 3 == 0 ? 1 : 0)}

        """
      }.joined(), to: "queries.jsonl")
  }

  private static let tasks = """
    moods: {type: classification, data: moods.tsv, validation: moods.tsv,
      columns: {text: sentence, label: label}}
    looks: {type: classification, data: moods.tsv, pooling: attention,
      columns: {text: sentence, label: label}}
    pairs: {type: classification, data: moods.tsv, head: stochastic-answers,
      columns: {text: sentence, pair: sentence, label: label}}
    queries: {type: ranking, data: queries.jsonl, validation: queries.jsonl,
      columns: {query: query, text: text, pair: pair, label: label}}
    tags: {type: tagging, data: tagged.txt, validation: tagged.txt, crf: true}
    words: {type: language, data: text.txt}
    """

  private func recipe(_ adaptation: String = "") throws -> Recipe {
    let path = try directory.write(
      """
      tasks:
      \(Self.tasks.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n"))
      \(adaptation)
      model: {kind: fine-tuned, fineTunesEncoder: false}
      optimizer: {kind: adamw, learningRate: 0.01}
      training: {epochs: 3, sequencesPerBatch: 4, precision: fp32}
      """, to: "tasks.yaml")
    return try Recipe(tasks: path)
  }

  private func run(
    _ recipe: Recipe, _ name: String, keeps: Bool = true, until step: Int = .max
  ) throws -> (run: TrainingRun<FineTuningTask>, notes: [String]) {
    let network = try PretrainedNetwork(tagger.network)
    var notes: [String] = []
    let run = try TrainingRun(recipe, in: "\(directory.path)/\(name)") { place in
      try FineTuningTask(
        recipe, over: network, keepingFeaturesIn: keeps ? place : nil,
        report: { notes.append($0) })
    }
    try run.run(showsProgress: false, isCancelled: { run.step >= step })
    return (run, notes)
  }

  private func isThere(_ file: String) -> Bool { FileManager.default.fileExists(atPath: file) }

  private func number(of file: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: file)[.systemFileNumber] as? Int
  }

  /// Heads of all kinds learn what they learn from the texts.
  @Test func headsLearnTheSame() throws {
    let recipe = try recipe()
    let (kept, notes) = try run(recipe, "kept")
    let (computed, _) = try run(recipe, "computed", keeps: false)
    let values = try [kept, computed].map {
      try FineTunedModel.load($0.directory.path).store.namedValues
    }
    for (found, expected) in zip(values[0], values[1]) {
      let worst =
        zip(found.value.floatElements, expected.value.floatElements)
        .map { abs($0 - $1) }.max() ?? 0
      #expect(worst < 1e-4, "\(found.name)")
    }
    let scores = try [kept, computed].map { try #require(try $0.task.score($0.model, .fp32)) }
    #expect(abs(scores[0].loss - scores[1].loss) < 1e-4)
    for (task, part) in [
      ("moods", "vectors"), ("looks", "states"), ("pairs", "states"), ("queries", "vectors"),
      ("tags", "states"),
    ] {
      #expect(notes.contains { $0.hasPrefix("task \(task): \(part) for training are kept") })
      #expect(isThere(kept.directory.features(of: task, for: "training")))
    }
    #expect(notes.contains { $0.hasPrefix("task words: nothing is kept") })
    let moods = try kept.model.task(named: "moods")
    // 20 rows of 8 values behind the header and the lengths.
    let bytes = try directory.bytes(of: kept.directory.features(of: "moods", for: "training"))
    #expect(moods.fixedPart == .vectors && bytes.count == 40 + 20 * 8 + 20 * 8 * 4)
  }

  /// A run that is continued reads what was computed before, and ends with the same bits.
  @Test func aStoppedRunReadsWhatIsKept() throws {
    let recipe = try recipe()
    let whole = try run(recipe, "whole").run
    _ = try run(recipe, "parts", until: 7)
    let file = RunDirectory("\(directory.path)/parts").features(of: "tags", for: "training")
    let before = try number(of: file)
    let again = try run(recipe, "parts").run
    #expect(try again.step == whole.step && before == number(of: file))
    #expect(
      try directory.bytes(of: "\(whole.directory.path)/model.safetensors")
        == directory.bytes(of: "\(again.directory.path)/model.safetensors"))
  }

  /// What changes the encoder keeps its features from being kept, and says so.
  @Test(arguments: ["adversarialStep: 0.1", "smoothness: 1"])
  func changedEncodersAreNotKept(_ adaptation: String) throws {
    let (run, notes) = try run(try recipe("adaptation: {\(adaptation)}"), "changed", until: 3)
    let key = adaptation.prefix { $0 != ":" }
    #expect(notes.contains { $0.contains("are not kept, as adaptation.\(key) changes it") })
    #expect(!isThere(run.directory.features(of: "moods", for: "training")))
    // The encoder stays all the same.
    let name = "encoder.embeddings.word_embeddings.weight"
    let values = try FineTunedModel.load(run.directory.path).store.namedValues
    let table = values.first { $0.name == name }
    let start = try tagger.start()
    #expect(table?.value.floatElements == start[name])
  }

  /// Answers that shall stay where vectors move do so more than others, and a stopped run ends alike.
  @Test func smoothnessIsLearnt() throws {
    var recipe = try recipe(
      "adaptation: {smoothness: 20, smoothnessBound: 0.2, smoothnessStep: 0.2}")
    guard case .fineTuned(var section) = recipe.model else { return }
    section.fineTunesEncoder = true
    recipe.model = .fineTuned(section)
    let whole = try run(recipe, "smooth").run
    _ = try run(recipe, "stopped", until: 5)
    let stopped = try run(recipe, "stopped").run
    #expect(
      try directory.bytes(of: "\(whole.directory.path)/model.safetensors")
        == directory.bytes(of: "\(stopped.directory.path)/model.safetensors"))
    recipe.adaptation = nil
    let plain = try run(recipe, "plain").run
    let moved = try [whole, plain].map { run -> Float in
      let (model, store) = try FineTunedModel.load(run.directory.path)
      let table = try #require(
        store.parameters.first { $0.name == "encoder.embeddings.word_embeddings.weight" })
      let moods = try model.task(named: "moods")
      let batch = TaskBatch(
        task: 0,
        examples: try moods.examples(
          ["the kiln was cold", "the kiln was by morning"].map { TaskText(.text($0, pair: nil)) }),
        numbers: [0, 1], key: nil)
      func answers() -> SmoothAnswers? { moods.smoothAnswers(to: batch, share: 1, .evaluation()) }
      var search = AdaptationRecipe()
      (search.smoothness, search.smoothnessBound, search.smoothnessStep) = (1, 0.2, 0.2)
      let change = VectorChange(
        ofRowsIn: .ones(table.shape), drawnBy: RandomKey(seed: 3, name: "change"), deviation: 0.02)
      let loss = Smoothness(search)?.loss(
        moving: table, from: change, store.parameters, given: try #require(answers()), answers)
      return try #require(loss).scalar
    }
    #expect(moved[0] < moved[1] / 2, "\(moved)")
  }
}
