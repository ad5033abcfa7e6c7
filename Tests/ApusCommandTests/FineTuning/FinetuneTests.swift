import Foundation
import Testing

/// Tasks from their files to predictions, through the program.
@Suite struct FinetuneTests {
  private let fixture: TaskFixture

  init() throws {
    fixture = try TaskFixture(
      count: 36,
      sentence: { index in
        let isFox = index % 2 == 0
        return (
          "The \(["quick", "lazy", "old"][index % 3]) \(isFox ? "fox jumps" : "dogs sleep")",
          isFox ? "fox" : "dog"
        )
      },
      pair: { ("brown rivers", $0 % 2 == 0 ? "brown rivers" : "number 7") }, training: "epochs: 8")
  }

  private var directory: TemporaryDirectory { fixture.directory }
  private var encoder: String { fixture.encoder }
  private var tasks: String { fixture.tasks }

  private func finetune(_ output: String, _ arguments: String...) throws -> Program.Outcome {
    try fixture.finetune(output, arguments)
  }

  @Test func learnsMeasuresAndPredicts() throws {
    let trained = try finetune("run", "--seed", "3")
    #expect(trained.status == 0 && trained.error.isEmpty, "\(trained)")
    let best = directory["run/best"]
    let report = try Program.run(["evaluate", best, "--json"]).json()
    let beasts = try #require(report["beasts"] as? [String: Any])
    #expect(beasts["accuracy"] as? Double == 1 && beasts["examples"] as? Int == 12)
    #expect(report["pairs"] == nil)

    let texts = try directory.write(
      "{\"text\": \"The old fox jumps\", \"id\": 7}\n{\"text\": \"The lazy dogs sleep\"}\n",
      to: "new.jsonl")
    let answers = try Program.run(
      ["predict", best, "--task", "beasts", "--input", texts, "--json"])
    let lines = try answers.lines.map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(lines.map { $0["label"] as? String } == ["fox", "dog"])
    #expect(lines.map { $0["id"] as? String } == ["7", "2"])
    #expect(try lines.allSatisfy { try #require($0["confidence"] as? Double) > 0.5 })
    let table = try Program.run(
      ["predict", best, "--task", "beasts", "--input", directory["beasts.test.tsv"]])
    #expect(table.lines == (36..<48).map { $0 % 2 == 0 ? "fox" : "dog" })

    let pairs = try directory.write(
      "{\"id\": \"x7\", \"text\": \"brown rivers\", \"pair\": \"brown rivers\"}\n", to: "pair.jsonl"
    )
    let scores = try Program.run(
      ["predict", best, "--task", "pairs", "--input", pairs, "--json"]).json()
    #expect(scores["score"] is Double && scores["id"] as? String == "x7")
  }

  /// A search over a file of tasks, whose paths count from where the file is.
  @Test func searchesOverTasks() throws {
    let space = try directory.write("optimizer.learningRate: [0.02, 1e-9]\n", to: "space.yaml")
    let output = directory["sweep"]
    let searched = try Program.run([
      "sweep", tasks, "--space", space, "--method", "grid", "--output", output, "--", "--encoder",
      encoder, "--quiet",
    ])
    #expect(searched.status == 0, "\(searched)")
    let results = try directory.text(of: "sweep/results.csv")
    #expect(results.split(separator: "\n").count == 3)
    let report = try Program.run(["evaluate", "\(output)/best/best", "--json"]).json()
    let beasts = try #require(report["beasts"] as? [String: Any])
    #expect(beasts["accuracy"] as? Double == 1)
    let kinds = try Program.run(
      ["classify", "\(output)/best", "--task", "beasts", "--input", tasks])
    #expect(kinds.status == 0 && Set(kinds.lines).isSubset(of: ["dog", "fox"]))
  }

  @Test func refusesWhatItCanNotUse() throws {
    _ = try finetune("run", "--steps", "2")
    try Program.run(["predict", directory["run"], "--input", tasks])
      .expectFailure(65, naming: "the name of one of its tasks", "beasts, pairs")
    try Program.run(["predict", directory["run"], "--task", "beast", "--input", tasks])
      .expectFailure(65, naming: "one of the tasks beasts, pairs, got beast")
    try Program.run(["predict", encoder, "--input", tasks])
      .expectFailure(65, naming: "\"fine-tuned\"")
    let other = try directory.write("name: x\ntasks:\n  a b: {type: similarity}\n", to: "bad.yaml")
    try Program.run(["finetune", other, "--encoder", encoder, "--output", directory["x"]])
      .expectFailure(65, naming: "bad.yaml:3", "names of letters")
    try Program.run(
      ["evaluate", directory["run"], "--data", directory["beasts.tsv"]]
    ).expectFailure(65, naming: "--task for --data")
  }
}
