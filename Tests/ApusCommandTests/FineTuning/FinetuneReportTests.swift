import Foundation
import Testing

/// What runs over tasks write about themselves, and what is looked at before and after them.
@Suite struct FinetuneReportTests {
  private let fixture: TaskFixture

  /// Every fifth beast is a dog.
  init() throws {
    fixture = try TaskFixture(
      count: 40,
      sentence: {
        ("\($0) \($0 % 5 > 0 ? "fox jumps" : "dogs sleep")", $0 % 5 > 0 ? "fox" : "dog")
      },
      pair: { ("rivers \($0)", $0 % 2 == 0 ? "rivers" : "no 7") },
      settings: "metrics: [accuracy, calibration_error, auc]",
      training: "epochs: 6, precision: fp32")
  }

  private var directory: TemporaryDirectory { fixture.directory }
  private var encoder: String { fixture.encoder }
  private var tasks: String { fixture.tasks }

  private func finetune(_ output: String, _ arguments: String...) throws -> Program.Outcome {
    try fixture.finetune(output, arguments)
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: directory[path], encoding: .utf8)
  }

  private func objects(_ path: String) throws -> [[String: Any]] {
    try text(path).split(separator: "\n").map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  @Test func runsDescribeThemselves() throws {
    let trained = try finetune("run", "--seed", "3", "--imbalance", "auto")
    #expect(trained.status == 0, "\(trained)")
    for place in ["run/best", "run"] {
      let card = try text("\(place)/README.md")
      for part in [
        "| beasts, training | \(directory["beasts.tsv"]) | 40 |",
        "Labels of \(directory["beasts.test.tsv"]) (beasts, validation): fox 9 (75.0 %), dog 3 (25.0 %).",
        "| tasks.beasts.imbalance.logitAdjustment | 1 |",
        "| beasts | \(directory["beasts.test.tsv"]) | auc | ",
        "pairs was not measured", "](confusion-beasts.svg)", "--imbalance auto", "Seed: 3",
      ] { #expect(card.contains(part), "\(part)\n\(card)") }
      #expect(try text("\(place)/confusion-beasts.svg").contains("fox as fox: 9 of 9"))
      #expect(try text("\(place)/reliability-beasts.svg").contains("12 predictions"))
      let rows = try objects("\(place)/predictions-beasts.jsonl")
      #expect(rows.count == 12 && rows[0]["expected"] as? String == "dog")
      #expect(rows[0]["label"] is String && rows[0]["confidence"] is Double)
    }
    let report = try Program.run(
      "evaluate", directory["run/best"], "--task", "pairs", "--data", directory["pairs.jsonl"],
      "--output", directory["report"], "--json")
    #expect(report.status == 0, "\(report)")
    let rows = try objects("report/predictions-pairs.jsonl")
    #expect(rows.count == 20 && rows[1]["expected"] as? Double == 1 && rows[1]["score"] is Double)

    let info = try Program.run("info", directory["run/best"], "--json").json()
    #expect(info["architecture"] as? String == "fine-tuned" && info["encoder"] as? String == "gpt2")
    let shown = try #require(info["tasks"] as? [String: [String: Any]])
    #expect(shown["beasts"]?["labels"] as? [String] == ["dog", "fox"])
    #expect(try Program.run("doctor", directory["run/best"]).status == 0)
    try FileManager.default.removeItem(atPath: directory["run/best/tokenizer.json"])
    let doctor = try Program.run("doctor", directory["run/best"])
    #expect(doctor.status == 65 && doctor.output.contains("tokenizer"), "\(doctor)")
  }

  /// Scores add up to what the text changes, of a single text and of a pair that is read apart.
  @Test func attributionTellsTheTokens() throws {
    let file = try directory.write(
      """
      tasks:
        same:
          type: classification
          data: same.jsonl
          columns: {text: one, pair: other, label: score}
        beasts:
          type: classification
          data: beasts.tsv
          columns: {text: sentence, label: kind}
        alike:
          type: similarity
          data: pairs.jsonl
          columns: {text: one, pair: other, label: score}
        found:
          type: ranking
          data: found.jsonl
          columns: {query: query, text: query, pair: text, label: label}
        names:
          type: tagging
          data: names.txt
      optimizer: {kind: adamw, learningRate: 0.01}
      training: {steps: 24, sequencesPerBatch: 6, precision: fp32}
      """, to: "two.yaml")
    _ = try directory.write(
      (0..<4).map { number in
        ["rivers", "hedges"].map {
          "{\"query\": \"q \(number)\", \"text\": \"\($0)\", \"label\": \($0 == "rivers" ? 1 : 0)}\n"
        }.joined()
      }.joined(), to: "found.jsonl")
    _ = try directory.write(
      String(repeating: "the O\nfox B-BEAST\nsleeps O\n\n", count: 8), to: "names.txt")
    let pairs = try text("pairs.jsonl").split(separator: "\n").prefix(8).map { $0 + "\n" }.joined()
    _ = try directory.write(
      pairs.replacing("\"score\": 0", with: "\"score\": \"no\"")
        .replacing("\"score\": 1", with: "\"score\": \"yes\""), to: "same.jsonl")
    let trained = try Program.run(
      "finetune", file, "--encoder", encoder, "--output", directory["two"], "--quiet")
    #expect(trained.status == 0, "\(trained)")
    let input = try directory.write(
      "{\"text\": \"old rivers\", \"pair\": \"rivers 7\"}\n", to: "asked.jsonl")
    for (task, length, text) in [
      ("same", 16, "old rivers\nrivers 7"), ("beasts", 9, "old rivers"),
      ("alike", 16, "old rivers\nrivers 7"),
    ] {
      let entry = try Program.run(
        "inspect", "attribution", directory["two"], "--task", task, "--input", input, "--steps",
        "200"
      ).json()
      let tokens = try #require(entry["tokens"] as? [[String: Any]])
      let words = tokens.compactMap { $0["text"] as? String }.joined().filter { !$0.isWhitespace }
      #expect(entry["text"] as? String == text && words.count == length, "\(entry)")
      #expect((entry["label"] as? String == "score") == (task == "alike"), "\(entry)")
      try expectComplete(entry)
    }
    let asked = try directory.write(
      "{\"text\": \"q\", \"pair\": \"hedges\"}\n{\"text\": \"q\", \"pair\": \"rivers\"}\n",
      to: "queries.jsonl")
    let page = directory["page.html"]
    func inspect(_ task: String, _ input: String, _ more: String...) throws -> Program.Outcome {
      try Program.run(
        ["inspect", "attribution", directory["two"], "--task", task, "--input", input] + more)
    }
    let second = try inspect("found", asked, "--label", "1").json()
    #expect(second["text"] as? String == "q\nrivers" && second["label"] as? String == "1")
    try expectComplete(second)
    let sentence = try directory.write(
      "{\"words\": [\"the\", \"fox\", \"sleeps\"]}\n", to: "s.jsonl")
    let tag = try inspect("names", sentence, "--word", "3", "--label", "O").json()
    #expect(tag["word"] as? String == "sleeps" && tag["label"] as? String == "O")
    #expect((tag["tokens"] as? [Any])?.count == 3)
    try expectComplete(tag)
    #expect(try inspect("names", sentence, "--word", "2", "--html", page).status == 0)
    #expect(try text("page.html").contains(" of “fox” — change"))
    try inspect("names", sentence, "--word", "4").expectFailure(65, naming: "word 4 in", "3 words")
    try inspect("alike", input, "--word", "1").expectFailure(65, naming: "a task of tagging")
    try inspect("alike", input, "--label", "x").expectFailure(65, naming: "alike, of similarity")
    try inspect("found", asked, "--label", "2").expectFailure(65, naming: "one of the labels 0, 1")
    try Program.run("inspect", "attribution", encoder, "--task", "x", "--input", input)
      .expectFailure(65, naming: "a fine-tuned model for --task")
  }

  /// The scores of an entry add up to what the text changes.
  private func expectComplete(
    _ entry: [String: Any], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let tokens = try #require(entry["tokens"] as? [[String: Any]])
    let sum = tokens.compactMap { $0["score"] as? Double }.reduce(0, +)
    let difference = try #require(entry["difference"] as? Double)
    #expect(
      abs(difference) > 1e-5 && abs(sum - difference) < 0.02 * abs(difference) + 1e-4, "\(entry)",
      sourceLocation: sourceLocation)
  }

  @Test func foldsAreMeasuredAndGoOn() throws {
    let outcome = try finetune("folds", "--folds", "3")
    #expect(outcome.status == 0, "\(outcome)")
    let results = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(filePath: directory["folds/results.json"])))
    let rows = try #require((results as? [String: Any])?["results"] as? [[String: Any]])
    let accuracy = try #require(
      rows.first { $0["task"] as? String == "beasts" && $0["metric"] as? String == "accuracy" })
    let values = try #require(accuracy["values"] as? [Double])
    let mean = values.reduce(0, +) / 3
    #expect(values.count == 3 && abs(mean - (accuracy["mean"] as? Double ?? -1)) < 1e-9)
    #expect(
      rows.contains { $0["task"] as? String == "pairs" && $0["metric"] as? String == "pearson" })
    #expect(try text("folds/results.md").contains("| beasts | accuracy | "))

    // The examples left out are those of `apus split` with the texts as keys.
    let split = try Program.run(
      "split", directory["beasts.tsv"], "--output", directory["split"], "--folds", "3", "--key",
      "sentence")
    #expect(split.status == 0, "\(split)")
    for fold in 1...3 {
      let expected = try text("split/fold-\(fold)/test.tsv").split(separator: "\n").dropFirst()
        .map { String($0.split(separator: "\t")[1]) }
      let found = try objects("folds/fold-\(fold)/held-out/predictions-beasts.jsonl")
      #expect(found.compactMap { $0["expected"] as? String } == expected)
    }

    let weights = try Data(contentsOf: URL(filePath: directory["folds/fold-2/model.safetensors"]))
    #expect(try finetune("folds", "--folds", "3").status == 0)
    #expect(
      try Data(contentsOf: URL(filePath: directory["folds/fold-2/model.safetensors"])) == weights)
    try finetune("folds", "--folds", "4").expectFailure(65, naming: "3 folds, as begun, got 4")
    try finetune("x", "--folds", "1").expectUsageError(naming: "--folds must be from 2")
  }

  @Test func doctorLooksAtTasks() throws {
    _ = try directory.write(
      "sentence\tkind\n41 fox jumps\tfox\n \tdog\nnew\tcat\n", to: "beasts.test.tsv")
    let tokenizer = try directory.tokenizer("character")
    let outcome = try Program.run("doctor", tasks, "--tokenizer", tokenizer)
    #expect(outcome.status == 65, "\(outcome)")
    for part in [
      "\(tasks), task beasts (classification)",
      "1 row without a text (\(directory["beasts.test.tsv"]):3)",
      "the label \"cat\" of \(directory["beasts.test.tsv"]) is not in",
      "\(tasks), task pairs (similarity)", "least score",
    ] { #expect(outcome.output.contains(part), "\(part)\n\(outcome)") }
    let sound = try directory.write(
      "tasks:\n  pairs:\n    type: similarity\n    data: pairs.jsonl\n"
        + "    columns: {text: one, pair: other, label: score}\nmodel: {kind: fine-tuned, maximumLength: 5}\n",
      to: "sound.yaml")
    let checked = try Program.run("doctor", sound, "--tokenizer", tokenizer)
    #expect(checked.status == 0 && checked.output.contains("100.0 % of texts"), "\(checked)")
    let absent = try directory.write(
      "tasks:\n  x: {type: classification, data: absent.tsv}\n", to: "absent.yaml")
    let missing = try Program.run("doctor", absent)
    #expect(missing.status == 65 && missing.output.contains("absent.tsv"), "\(missing)")
  }

  @Test func imbalanceBelongsToClasses() throws {
    let file = try directory.write(
      "tasks:\n  pairs:\n    type: similarity\n    data: pairs.jsonl\n"
        + "    columns: {text: one, pair: other, label: score}\n    imbalance: {focusing: 1}\n",
      to: "bad.yaml")
    try Program.run("finetune", file, "--encoder", encoder, "--output", directory["bad"])
      .expectFailure(65, naming: "bad.yaml:6", "imbalance")
    let nested = try directory.write(
      "tasks:\n  beasts:\n    type: classification\n    data: beasts.tsv\n"
        + "    columns: {text: sentence, label: kind}\n    imbalance: {focusing: -1}\n",
      to: "nested.yaml")
    try Program.run("finetune", nested, "--encoder", encoder, "--output", directory["bad"])
      .expectFailure(65, naming: "nested.yaml:6", "tasks.beasts.imbalance.focusing")
  }
}
