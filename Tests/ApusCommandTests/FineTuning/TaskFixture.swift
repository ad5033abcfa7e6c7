/// A small encoder, and a file of two tasks with their data, for runs through the program.
struct TaskFixture {
  let directory: TemporaryDirectory
  let encoder, tasks: String

  /// - Parameters:
  ///   - count: The sentences to learn from; twelve more are held out.
  ///   - sentence: The text and the kind of beast of each number.
  ///   - pair: The texts of a pair, of score 1 for odd numbers and else 0.
  ///   - settings: Lines of the first task.
  ///   - training: The length and more.
  /// - Throws: If the files can't be written.
  init(
    count: Int, sentence: (Int) -> (text: String, kind: String),
    pair: (Int) -> (one: String, other: String), settings: String = "", training: String
  ) throws {
    directory = try TemporaryDirectory()
    encoder = try directory.model("encoder")
    func table(_ range: Range<Int>) -> String {
      "sentence\tkind\n"
        + range.map { "\(sentence($0).text)\t\(sentence($0).kind)\n" }.joined()
    }
    _ = try directory.write(table(0..<count), to: "beasts.tsv")
    _ = try directory.write(table(count..<count + 12), to: "beasts.test.tsv")
    let pairs = (0..<20).map { index in
      let (one, other) = pair(index)
      return "{\"one\": \"\(one)\", \"other\": \"\(other)\", \"score\": \(index % 2)}\n"
    }
    _ = try directory.write(pairs.joined(), to: "pairs.jsonl")
    tasks = try directory.write(
      """
      tasks:
        beasts:
          type: classification
          data: beasts.tsv
          validation: beasts.test.tsv
          columns: {text: sentence, label: kind}
          \(settings)
        pairs:
          type: similarity
          data: pairs.jsonl
          columns: {text: one, pair: other, label: score}
      optimizer: {kind: adamw, learningRate: 0.02}
      training: {\(training), sequencesPerBatch: 6}
      """, to: "tasks.yaml")
  }

  func finetune(_ output: String, _ arguments: [String] = []) throws -> Program.Outcome {
    try Program.run(
      ["finetune", tasks, "--encoder", encoder, "--output", directory[output], "--quiet"]
        + arguments)
  }
}
