import ApusFiles
import ApusLayers
import ApusTensors
import ApusText
import ApusVectors
import Foundation
import Testing

@testable import ApusModels
@testable import ApusTraining

/// Tasks over word vectors: the same heads as over other encoders.
@Suite struct WordVectorTasksTests {
  private static let words = ["the", "day", "was", "good", "bad", "bright", "dark", "."]
  private let directory: TemporaryDirectory

  private static func vector(_ word: Int) -> [String] {
    (0..<4).map { "\(sin(Double(word * word * 5 + $0 * $0 * 3 + word * $0 * 7 + 1) * 1.7))" }
  }

  init() throws {
    directory = try TemporaryDirectory()
    _ = try directory.write(
      "\(Self.words.count) 4\n"
        + Self.words.enumerated().map { index, word in
          "\(word) " + Self.vector(index).joined(separator: " ")
        }.joined(separator: "\n") + "\n", to: "words.vec")
    _ = try directory.write(
      "sentence\tlabel\n"
        + (0..<24).map { number in
          let words = number % 2 == 0 ? ["good", "bright"] : ["bad", "dark"]
          return "The day was \(words[number / 2 % 2]).\t\(number % 2 == 0 ? "fine" : "poor")\n"
        }.joined(), to: "moods.tsv")
    _ = try directory.write(
      (0..<12).map { "The D\nday N\nwas V\n\($0 % 2 == 0 ? "good" : "dark") A\n. P\n\n" }.joined(),
      to: "tagged.txt")
    _ = try directory.write(
      """
      tasks:
        moods: {type: classification, data: moods.tsv, validation: moods.tsv,
          columns: {text: sentence, label: label}}
        pairs: {type: classification, data: moods.tsv,
          columns: {text: sentence, pair: sentence, label: label}}
        tags: {type: tagging, data: tagged.txt, validation: tagged.txt}
      model: {kind: fine-tuned, fineTunesEncoder: false}
      optimizer: {kind: adamw, learningRate: 0.2}
      training: {epochs: 40, sequencesPerBatch: 8, precision: fp32}
      """, to: "tasks.yaml")
  }

  @Test(arguments: [true, false])
  func headsLearnOverAFileAndADirectory(_ isFile: Bool) throws {
    let file = "\(directory.path)/words.vec"
    let vectors = try WordVectors(contentsOf: file)
    try vectors.write(to: "\(directory.path)/vectors", as: .directory)
    let path = isFile ? file : "\(directory.path)/vectors"
    let recipe = try Recipe(tasks: "\(directory.path)/tasks.yaml")
    let network = try PretrainedNetwork(path)
    let run = try TrainingRun(recipe, in: "\(directory.path)/run") { place in
      try FineTuningTask(recipe, over: network, keepingFeaturesIn: place)
    }
    try run.run(showsProgress: false)
    let score = try #require(try run.task.score(run.model, .fp32))
    let metrics = Dictionary(uniqueKeysWithValues: score.metrics.map { ($0.name, $0.value) })
    #expect(metrics["moods/accuracy"] == 1 && metrics["tags/f1"] == 1)

    let (model, store) = try FineTunedModel.load(run.directory.best)
    let table = try #require(store.namedValues.first { $0.name == "encoder.words.weight" }).value
    #expect(table.shape == [Self.words.count + 1, 4])
    let known = Self.words.count * 4
    #expect(table.floatElements.prefix(known) == vectors.vectors.floatElements.prefix(known))
    // Words in other cases are known, as all that have vectors are in lower case; others share a row.
    let moods = try model.task(named: "moods")
    #expect(moods.input("The Bright otter!").passages[0].ids == [0, 5, 8, 8])
    let answers = moods.answers(
      to: try moods.examples(
        ["The day was bright.", "the day was dark"].map { TaskText(.text($0, pair: nil)) }), .fp32)
    guard case .label(0, _) = answers[0], case .label(1, _) = answers[1] else {
      Issue.record("expected fine and poor, got \(answers)")
      return
    }
  }

  /// The tokenizer that text was cut by for the vectors cuts it for tasks, too.
  @Test func aTokenizerBesideTheVectorsIsTaken() throws {
    let path = "\(directory.path)/run"
    try WordVectors(contentsOf: "\(directory.path)/words.vec").write(to: path, as: .directory)
    let text = try directory.write("the day was good\n", to: "text.txt")
    let tokenizer = try TokenizerTrainer(.word, vocabularySize: 12).train(on: try Corpus([text]))
      .tokenizer
    try tokenizer.save(to: "\(path)/tokenizer.json")
    let network = try PretrainedNetwork(path)
    #expect(network.tokenizer?.vocabularySize == tokenizer.vocabularySize)
    let id = try #require(tokenizer.id(of: "good"))
    let row = network.weights[0].value.rows(Int(id)..<Int(id) + 1).floatElements
    #expect(row == Self.vector(3).map { Float($0) })
  }

  @Test func refusesWhatWordVectorsCanNot() throws {
    let recipe = try Recipe(tasks: "\(directory.path)/tasks.yaml")
    func failure(_ change: (inout Recipe) -> Void) throws -> String {
      var recipe = recipe
      change(&recipe)
      let network = try PretrainedNetwork("\(directory.path)/words.vec")
      let error = #expect(throws: InputError.self) {
        try TrainingRun(recipe, in: "\(directory.path)/refused") { _ in
          try FineTuningTask(recipe, over: network)
        }
      }
      return error?.description ?? ""
    }
    let pooler = try failure { $0.tasks[0].pooling = .pooler }
    #expect(pooler.contains("a pooling other than pooler, got an encoder of word-vectors"))
    let blocks = try failure {
      $0.adaptation = AdaptationRecipe()
      $0.adaptation?.layerDecay = 0.9
    }
    #expect(blocks.contains("an encoder of numbered blocks for adaptation.layerDecay"))
  }
}
