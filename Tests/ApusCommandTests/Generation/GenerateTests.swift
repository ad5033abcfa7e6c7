import ApusTensors
import Foundation
import Testing

@Suite struct GenerateTests {
  private let directory: TemporaryDirectory
  private let model: String

  init() throws {
    directory = try TemporaryDirectory()
    model = try directory.model()
  }

  private func generate(_ arguments: String...) throws -> Program.Outcome {
    try Program.run(["generate", model, "--threads", "1"] + arguments)
  }

  @Test func continuesAPrompt() throws {
    let plain = try generate("--prompt", "The fox", "--tokens", "12", "--seed", "3")
    #expect(plain.status == 0 && plain.output.hasPrefix("The fox"), "\(plain)")
    let json = try generate("--prompt", "The fox", "--tokens", "12", "--seed", "3", "--json").json()
    #expect(json["prompt"] as? String == "The fox")
    let text = try #require(json["text"] as? String)
    #expect(plain.output == "The fox\(text)\n")
    #expect(json["tokens"] as? Int == 12 && json["ending"] as? String == "length")
    let other = try generate("--prompt", "The fox", "--tokens", "12", "--seed", "4")
    #expect(other.output != plain.output)
  }

  @Test(arguments: ["fp32", "bf16", "int8"]) func takesEachPrecision(_ precision: String) throws {
    let outcome = try generate(
      "--prompt", "The", "--tokens", "3", "--greedy", "--precision", precision)
    if precision == "bf16", !Processor.supportsBFloat16 {
      outcome.expectFailure(65, naming: "AVX-512")
    } else {
      #expect(outcome.status == 0, "\(outcome)")
    }
  }

  @Test func takesAllWaysToChoose() throws {
    let outcome = try generate(
      "--prompt", "The", "--tokens", "8", "--temperature", "0.9", "--top-k", "20", "--top-p",
      "0.9", "--min-p", "0.01", "--repetition-penalty", "1.2", "--frequency-penalty", "0.1",
      "--presence-penalty", "0.1", "--minimum-tokens", "2", "--stop", "zzz", "--stop", "\n\n")
    #expect(outcome.status == 0 && outcome.output.hasPrefix("The"), "\(outcome)")
  }

  @Test func continuesTheLinesOfAFile() throws {
    // An empty line is a prompt too, so that lines in and lines out go together.
    let lines = (0..<20).map { $0 == 7 ? "" : "The fox \($0)" }
    let path = try directory.write(lines.joined(separator: "\n") + "\n", to: "prompts.txt")
    let outcome = try generate("--prompts", path, "--tokens", "5", "--seed", "3", "--json")
    #expect(outcome.status == 0, "\(outcome)")
    let objects = try outcome.lines.map { line in
      try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    #expect(objects.map { $0["prompt"] as? String } == lines)
    #expect(Set(objects.compactMap { $0["text"] as? String }).count > 15)
    // A prompt continues as it would alone, if it is the first.
    let alone = try generate("--prompt", "The fox 0", "--tokens", "5", "--seed", "3", "--json")
    #expect(alone.lines[0] == outcome.lines[0])
    let records = try directory.write(
      // Empty lines are none among objects.
      "\n" + lines.map { "{\"text\": \"\($0)\"}\n" }.joined(separator: " \n"), to: "prompts.ndjson")
    let same = try generate("--prompts", records, "--tokens", "5", "--seed", "3", "--json")
    #expect(same.output == outcome.output)
  }

  @Test func searchesWithBeams() throws {
    let outcome = try generate(
      "--prompt", "The", "--tokens", "5", "--beams", "4", "--results", "3", "--json")
    #expect(outcome.status == 0 && outcome.lines.count == 3, "\(outcome)")
    let scores = try outcome.lines.map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return try #require(object?["score"] as? Double)
    }
    #expect(scores == scores.sorted(by: >))
  }

  @Test(arguments: [
    (["--tokens", "0"], "--tokens"), (["--minimum-tokens", "-1"], "--minimum-tokens"),
    (["--minimum-tokens", "101"], "--minimum-tokens"), (["--results", "2"], "--beams"),
    (["--length-penalty", "1"], "--beams"), (["--beams", "2", "--top-k", "3"], "--top-k"),
    (["--beams", "2", "--stop", "x"], "--stop"),
    (["--prompt", "a", "--prompts", "b"], "--prompts"),
    (["--precision", "int4"], "--precision"), (["--temperature", "warm"], "--temperature"),
  ])
  func refusesOptionsThatMeanNothing(_ arguments: [String], _ part: String) throws {
    try Program.run(["generate", model] + arguments).expectUsageError(naming: part)
  }

  @Test(arguments: [
    (["--temperature", "-1"], "temperature"), (["--top-k", "0"], "top-k"),
    (["--top-p", "0"], "top-p"), (["--min-p", "2"], "min-p"),
    (["--repetition-penalty", "0"], "repetition"), (["--frequency-penalty", "inf"], "frequency"),
    (["--presence-penalty", "nan"], "presence"), (["--beams", "0"], "beams"),
    (["--beams", "2", "--results", "3"], "results"),
    (["--beams", "2", "--length-penalty", "inf"], "length penalty"),
  ])
  func refusesValuesOutOfRange(_ arguments: [String], _ part: String) throws {
    try Program.run(["generate", model] + arguments).expectFailure(65, naming: part)
  }

  @Test func namesThePlaceOfBadPrompts() throws {
    let missing = directory["nowhere.txt"]
    try generate("--prompts", missing).expectFailure(66, naming: missing)
    let empty = try directory.write("", to: "empty.txt")
    try generate("--prompts", empty).expectFailure(65, naming: empty)
    let damaged = try directory.write("{\"text\": \"a\"}\n{\"text\": \n", to: "damaged.jsonl")
    let long = try directory.write(
      "The\n" + String(repeating: "old rivers ", count: 40) + "\n", to: "long.txt")
    // Those before a bad one are continued.
    for (arguments, path) in [([], damaged), (["--beams", "2"], long)] as [([String], String)] {
      let outcome = try Program.run(
        ["generate", model, "--threads", "1", "--tokens", "2", "--json", "--prompts", path]
          + arguments)
      #expect(outcome.status == 65 && outcome.lines.count == 1, "\(outcome)")
      #expect(outcome.error.contains("\(path):2"), "\(outcome)")
    }
  }

  /// Prompts come from files that anyone may have written.
  @Test func damagedFilesOfPromptsNeverCrash() throws {
    let sample = Array("{\"text\": \"The fox\"}\n{\"text\": \"\\u00e9 🦊\", \"n\": [1, {}]}\n".utf8)
    var random = RandomStream(RandomKey(seed: 1, name: "damage"))
    for trial in 0..<12 {
      var bytes = sample
      for _ in 0...trial % 4 {
        bytes[random.below(bytes.count)] = UInt8(random.below(256))
      }
      if trial % 3 == 0 { bytes.removeLast(1 + random.below(bytes.count - 1)) }
      let path = directory["damaged-\(trial).jsonl"]
      try Data(bytes).write(to: URL(filePath: path))
      let outcome = try generate("--prompts", path, "--tokens", "1")
      #expect(
        outcome.signal == 0 && [0, 65].contains(outcome.status), "\(Array(bytes)) \(outcome)")
    }
  }
}
