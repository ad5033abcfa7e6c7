import Foundation
import Testing

@Suite struct CorpusDoctorTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test func soundCorpusIsDescribed() throws {
    let text = try directory.write(Samples.json, to: "corpus/texts.jsonl")
    let outcome = try Program.run("doctor", directory["corpus"])
    #expect(outcome.status == 0 && outcome.output.contains("nothing found wrong"), "\(outcome)")
    let json = try Program.run("doctor", text, "--json").json()
    #expect(json["sound"] as? Bool == true)
    let report = try #require((json["reports"] as? [[String: Any]])?.first)
    let facts = try #require(report["facts"] as? [String: Any])
    #expect(facts["documents"] as? Int == 100)
    let bins = try #require(report["lengths_in_bytes"] as? [[String: Int]])
    #expect(bins.compactMap { $0["documents"] }.reduce(0, +) == 100)
  }

  @Test func odditiesAreNamedByRow() throws {
    let bytes: [UInt8] =
      Array("fine\r\nan ill-formed ".utf8) + [0xC3] + Array(" byte\nnul ".utf8) + [0]
      + Array(" here\nan \u{1B} escape\ntwice\nfine\ntwice\n\n".utf8)
    let text = try directory.write(bytes, to: "odd.txt")
    let outcome = try Program.run("doctor", text, "--documents", "lines")
    #expect(outcome.status == 0)
    for finding in [
      "1 byte is not UTF-8 and will be replaced (\(text):2)", "1 NUL byte (\(text):3)",
      "1 control character (\(text):4)",
      "lines end in different ways: 7 with LF, 1 with CR LF (\(text):1)",
      "2 documents repeat earlier ones (\(text):6, \(text):7)",
    ] { #expect(outcome.output.contains("warning  \(finding)"), "\(outcome)") }
    let json = try directory.write("{\"text\": \" \"}\n{\"text\": \"a\"}\n", to: "a.jsonl")
    #expect(try Program.run("doctor", json).output.contains("warning  1 empty document skipped"))
  }

  @Test func whatCantBeReadIsAFailure() throws {
    let files: [(name: String, bytes: [UInt8], finding: String)] = [
      ("wide.txt", [0xFF, 0xFE, 0x61, 0, 0x62, 0], "wide.txt:1"),
      ("bad.jsonl", Array("{\"text\": \"a\"}\n{\"text\": 1}\n".utf8), "bad.jsonl:2"),
      ("bad.gz", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3], "gzip"),
      ("empty.txt", [], "at least one document"),
    ]
    for file in files {
      let path = try directory.write(file.bytes, to: file.name)
      let outcome = try Program.run("doctor", path)
      #expect(outcome.status == 65 && outcome.error.isEmpty, "\(outcome)")
      #expect(
        outcome.lines.contains { $0.contains("failure  ") && $0.contains(file.finding) },
        "\(outcome)")
      #expect(try Program.run("doctor", path, "--json").json()["sound"] as? Bool == false)
    }
  }

  @Test func tokenizerShowsUnknownTokensAndLengths() throws {
    let tokenizer = try directory.tokenizer("character")
    let text = try directory.write("The fox ΑΒΓ\nThe dogs\n", to: "text.txt")
    let outcome = try Program.run(
      "doctor", text, "--tokenizer", tokenizer, "--documents", "lines", "--json")
    let reports = try #require(outcome.json()["reports"] as? [[String: Any]])
    let facts = try #require(reports.first?["facts"] as? [String: Any])
    #expect(facts["unknown_tokens"] as? Int == 3 && facts["tokens"] as? Int == 19)
    let bins = try #require(reports.first?["lengths_in_tokens"] as? [[String: Int]])
    #expect(bins == [["from": 8, "to": 15, "documents": 2]])
    #expect(outcome.output.contains("3 of 19 tokens are unknown"))
  }

  @Test func recipeIsEstimated() throws {
    let tokenizer = try directory.tokenizer("bpe")
    let text = try directory.write(Samples.text, to: "text.txt")
    let outcome = try Program.run(
      "doctor", text, "--tokenizer", tokenizer, "--recipe", "gpt-mini", "--json")
    let reports = try #require(outcome.json()["reports"] as? [[String: Any]])
    let facts = try #require(reports.last?["facts"] as? [String: Any])
    let memory = try #require(facts["memory_bytes"] as? Double)
    #expect(50e6..<2e9 ~= memory)
    #expect((facts["estimated_hours"] as? Double).map { $0 > 0 } == true)
    #expect(
      outcome.output.contains("go over the corpus"), "a corpus of 6 kB is read many times")
    let small = try Program.run("recipes", "gpt-mini").output
      .replacing("kind: gpt\n", with: "kind: gpt\n  vocabularySize: 100\n")
      .replacing("vocabularySize: 8192", with: "vocabularySize: 90")
    let recipe = try directory.write(small, to: "small.yaml")
    let misfit = try Program.run(
      "doctor", text, "--tokenizer", tokenizer, "--recipe", recipe)
    #expect(misfit.status == 65, "\(misfit)")
    #expect(misfit.output.contains("at most the model's 100 tokens, got 320"), "\(misfit)")
  }

  @Test func runsOfAnyLengthAreToldByTheirPasses() throws {
    let tokenizer = try directory.tokenizer("bpe")
    let text = try directory.write(Samples.text, to: "text.txt")
    let long = try Program.run("recipes", "gpt-mini").output
      .replacing("steps: 3000", with: "steps: 1000000000\n  accumulation: 1048576")
      .replacing("sequencesPerBatch: 16", with: "tokensPerBatch: 67108864")
    let recipe = try directory.write(long, to: "long.yaml")
    let outcome = try Program.run("doctor", text, "--tokenizer", tokenizer, "--recipe", recipe)
    #expect(outcome.signal == 0 && outcome.output.contains("go over the corpus"), "\(outcome)")
  }

  @Test func whatAPretrainedEncoderTellsIsLeftOut() throws {
    let text = try directory.write(Samples.text, to: "text.txt")
    let outcome = try Program.run("doctor", text, "--recipe", "sentence-embedding", "--json")
    let reports = try #require(outcome.json()["reports"] as? [[String: Any]])
    let facts = try #require(reports.last?["facts"] as? [String: Any])
    #expect(facts["tokens_per_step"] != nil)
    for name in ["parameters", "activation_bytes", "memory_bytes", "estimated_hours"] {
      #expect(facts[name] == nil, "\(name)")
    }
    #expect(outcome.output.contains("depend on the pretrained encoder"))
    let recipe = try directory.write(
      try Program.run("recipes", "sentence-embedding").output, to: "sentences.yaml")
    #expect(try Program.run("info", recipe, "--json").json()["parameters"] == nil)
  }

  @Test func impossibleArgumentsAreRefused() throws {
    try Program.run("doctor", directory["absent.txt"]).expectFailure(66, naming: "absent.txt")
    try Program.run("doctor", "-").expectUsageError(naming: "more than once")
    let text = try directory.write(Samples.text, to: "text.txt")
    try Program.run("doctor", text, "--recipe", "gpt-minni").expectFailure(65, naming: "gpt-mini?")
    try Program.run("doctor", text, "--tokenizer", text).expectFailure(65, naming: "text.txt")
  }
}
