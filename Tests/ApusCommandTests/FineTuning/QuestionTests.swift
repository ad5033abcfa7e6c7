import Apus
import ApusFiles
import ApusModels
import ApusTensors
import ApusTraining
import Foundation
import Testing

/// Questions about made-up texts, from their files to answers.
@Suite struct QuestionTests {
  private let directory: TemporaryDirectory

  /// A BERT without training, and questions to learn from.
  init() throws {
    directory = try TemporaryDirectory()
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let tokenizer = try Tokenizer(contentsOf: root.appending(path: "vocab/wordpiece.json").path())
    var config = BERTConfig(family: .bert)
    config.vocabularySize = tokenizer.vocabularySize
    (config.hiddenSize, config.intermediateSize) = (32, 64)
    (config.layerCount, config.headCount, config.contextLength) = (2, 2, 48)
    config.hasPretrainingHeads = false
    let store = ParameterStore(seed: 5)
    let model = BERT(config, in: store.root)
    let encoder = directory["encoder"]
    try ModelDirectory.save(model, store.namedValues, to: encoder)
    try tokenizer.save(to: "\(encoder)/tokenizer.json")
  }

  /// Each fact in the order of its question, its words and its possible answers.
  private static let facts = [
    ("written in what?", "it is written in", ["swift", "rust", "java", "c"]),
    ("made when?", "it was made in", ["spring", "summer", "autumn", "winter"]),
    ("how many hours?", "the hours of a run are", ["two", "four", "five", "six", "ten"]),
  ]

  /// A question, a text of two of three facts around a filler, and the answer where the text has it.
  private static func question(
    _ number: Int
  ) -> (text: String, context: String, answer: String?) {
    let asked = number % 3
    let left = (number / 3) % 3
    let clauses = facts.indices.filter { $0 != left }.map { index in
      let choices = facts[index].2
      return "\(facts[index].1) \(choices[(number * 7 + number / 5 + index) % choices.count])."
    }
    let order = number % 2 == 0 ? clauses : clauses.reversed()
    let answer = facts[asked].2[
      (number * 7 + number / 5 + asked) % facts[asked].2.count]
    return (
      facts[asked].0, "\(order[0]) the rest « é » is new and small and old. \(order[1])",
      asked == left ? nil : answer
    )
  }

  private static func lines(_ range: Range<Int>) -> String {
    range.map { number in
      let (text, context, answer) = question(number)
      return "\(number)\t\(text)\t\(context)\t\(answer ?? "")\n"
    }.reduce("number\tasked\tpassage\tanswer\n", +)
  }

  private func recipe(_ epochs: Int) throws -> Recipe {
    _ = try directory.write(Self.lines(0..<270), to: "train.tsv")
    _ = try directory.write(Self.lines(270..<330), to: "dev.tsv")
    return try Recipe(
      tasks: try directory.write(
        """
        tasks:
          facts:
            type: answers
            data: train.tsv
            validation: dev.tsv
            columns: {text: asked, context: passage, label: answer, id: number}
            stride: 6
            dropout: 0
        model: {kind: fine-tuned, maximumLength: 26}
        optimizer: {kind: adamw, learningRate: 0.003}
        training: {epochs: \(epochs), sequencesPerBatch: 8, precision: fp32}
        """, to: "tasks.yaml"))
  }

  private func run(
    _ recipe: Recipe, _ name: String, until step: Int = .max
  ) throws -> TrainingRun<FineTuningTask> {
    let network = try PretrainedNetwork(directory["encoder"])
    let run = try TrainingRun(recipe, in: directory[name]) { _ in
      try FineTuningTask(recipe, over: network)
    }
    try run.run(showsProgress: false, isCancelled: { run.step >= step })
    return run
  }

  @Test func answersWhatItHasLearnt() throws {
    let recipe = try recipe(14)
    let run = try run(recipe, "run")
    let model = try FineTunedModel.load(run.directory.path).model.tasks[0]
    // The chosen threshold is in the directory.
    #expect(model.config.noAnswerThreshold != nil && model.config.stride == 6)
    let score = try model.score(on: directory["dev.tsv"], recipe.tasks[0], .fp32)
    // A random word of two dozen is right less than once in ten.
    #expect(score.count == 60)
    #expect(score.value(of: .exactMatch) > 0.8, "\(score.value(of: .exactMatch))")
    #expect(score.value(of: .hasAnswerF1) > 0.8 && score.value(of: .noAnswerF1) > 0.8)

    let reader = try QuestionAnswerer(run.directory.path)
    var right = 0
    for number in 330..<360 {
      let (text, context, expected) = Self.question(number)
      let answer = try reader.answer(text, in: context)
      if let answer {
        let bytes = Array(context.utf8)[answer.range]
        #expect(String(decoding: bytes, as: UTF8.self) == answer.text)
        #expect(0...1 ~= answer.probability)
      }
      right += answer?.text == expected ? 1 : 0
    }
    #expect(right > 20, "\(right)")
    #expect(throws: InputError.self) {
      try reader.answer(String(repeating: "what ", count: 40), in: "it is.")
    }

    let questions = try directory.write(
      """
      {"id": "a", "question": "written in what?", "context": "it is written in rust. it was made in spring."}
      {"id": "b", "question": "how many hours?", "context": "it is written in rust. it was made in spring."}
      """, to: "new.jsonl")
    let best = directory["run/best"]
    let objects = try Program.run(["predict", best, "--input", questions, "--json"]).lines
    #expect(
      objects[0].hasPrefix(
        #"{"id": "a", "answer": "rust", "start": 17, "end": 21, "confidence": "#),
      "\(objects[0])")
    #expect(
      objects[1].hasPrefix(#"{"id": "b", "answer": null, "start": null, "end": null, "#),
      "\(objects[1])")
    let report = try Program.run(["evaluate", best, "--json"]).json()
    let facts = try #require(report["facts"] as? [String: Any])
    #expect(facts["examples"] as? Int == 60)
    for name in ["f1", "exact_match", "has_answer_f1", "no_answer_f1"] {
      #expect(try #require(facts[name] as? Double) > 0.8, "\(name)")
    }
  }

  @Test func aStoppedRunEndsWithTheSameBits() throws {
    let recipe = try recipe(1)
    let whole = try run(recipe, "whole")
    _ = try run(recipe, "parts", until: 7)
    let parts = try run(recipe, "parts")
    #expect(whole.step == parts.step && whole.step > 10)
    for name in ["model.safetensors", "config.json"] {
      let files = try [whole, parts].map {
        try Data(contentsOf: URL(filePath: "\($0.directory.path)/\(name)"))
      }
      #expect(files[0] == files[1], "\(name)")
    }
  }
}
