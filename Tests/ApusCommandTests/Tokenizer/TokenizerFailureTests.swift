import Foundation
import Testing

@Suite struct TokenizerFailureTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func train(_ arguments: String..., output: String? = nil) throws -> Program.Outcome {
    try Program.run(
      "tokenizer", "train", "--kind", "bpe", "--vocabulary-size", "300", "--output",
      output ?? directory["out.json"], arguments[0], arguments.last ?? "")
  }

  @Test func missingFileIsNamed() throws {
    try train("--strict", directory["absent.txt"]).expectFailure(66, naming: "absent.txt")
    try Program.run("tokenizer", "encode", directory["absent.json"])
      .expectFailure(66, naming: "absent.json")
    let tokenizer = try directory.tokenizer("bpe")
    try Program.run("tokenizer", "encode", tokenizer, "--input", directory["absent.txt"])
      .expectFailure(66, naming: "absent.txt")
  }

  @Test func illFormedTextIsCountedOrRefused() throws {
    let text = try directory.write(
      Array("one line\nand a ".utf8) + [0xFF] + Array(" byte\n".utf8), to: "bad.txt")
    try train("--strict", text).expectFailure(65, naming: "bad.txt:2", "0xff")
    #expect(!FileManager.default.fileExists(atPath: directory["out.json"]))
    let lenient = try train("--documents=files", text)
    #expect(lenient.output.contains("1 ill-formed part replaced"), "\(lenient)")
    let tokenizer = try directory.tokenizer("bpe")
    let strict = try Program.run("tokenizer", "encode", tokenizer, "--input", text, "--strict")
    #expect(strict.status == 65 && strict.lines.count == 1, "the first line is kept")
    #expect(strict.error.contains("bad.txt:2"))
    let repaired = try Program.run("tokenizer", "encode", tokenizer, "--input", text)
    #expect(repaired.status == 0 && repaired.lines.count == 2)
    #expect(repaired.error.hasPrefix("Warning: ") && repaired.error.contains("bad.txt"))
  }

  @Test func corpusWithoutTextIsRefused() throws {
    let empty = try directory.write("", to: "empty.txt")
    try train("--strict", empty).expectFailure(65, naming: "empty.txt")
    try FileManager.default.createDirectory(
      atPath: directory["hollow"], withIntermediateDirectories: false)
    try train("--strict", directory["hollow"]).expectFailure(65, naming: "hollow")
  }

  @Test func brokenJSONIsNamedByRow() throws {
    let json = try directory.write("{\"text\": \"a\"}\n{\"text\": \"a\n", to: "bad.jsonl")
    try train("--strict", json).expectFailure(65, naming: "bad.jsonl:2")
    let other = try directory.write("{\"body\": \"a\"}\n", to: "other.jsonl")
    try train("--strict", other).expectFailure(65, naming: "other.jsonl:1", "\"text\"")
    let tokenizer = try directory.tokenizer("bpe")
    try Program.run("tokenizer", "encode", tokenizer, "--input", other)
      .expectFailure(65, naming: "other.jsonl:1")
  }

  @Test func loneSurrogatesAreCountedOrRefused() throws {
    let tokenizer = try directory.tokenizer("bpe")
    let json = try directory.write(#"{"text": "a \ud83e b"}"#, to: "half.jsonl")
    let lenient = try Program.run("tokenizer", "encode", tokenizer, "--input", json, "--json")
    #expect(lenient.status == 0 && lenient.error.contains("1 ill-formed part"), "\(lenient)")
    let text = try Program.run("tokenizer", "decode", tokenizer, input: lenient.output)
    #expect(text.output == "a \u{FFFD} b\n")
    try Program.run("tokenizer", "encode", tokenizer, "--input", json, "--strict")
      .expectFailure(65, naming: "half.jsonl:1", "surrogate")
  }

  @Test func damagedGzipIsNamed() throws {
    let file = try directory.write([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3], to: "bad.gz")
    try train("--strict", file).expectFailure(65, naming: "bad.gz")
  }

  @Test func fileThatIsNoTokenizerIsRefused() throws {
    let text = try directory.write("not json", to: "text.json")
    try Program.run("tokenizer", "inspect", text).expectFailure(65, naming: "text.json:1")
    let other = try directory.write("{\"model\": {\"type\": \"Markov\"}}", to: "markov.json")
    try Program.run("tokenizer", "inspect", other)
      .expectFailure(65, naming: "markov.json", "Markov")
    try Program.run("tokenizer", "inspect", directory.path).expectFailure(
      65, naming: directory.path)
  }

  @Test func idsThatAreNoneAreNamedByRow() throws {
    let tokenizer = try directory.tokenizer("bpe")
    for line in ["[1, 320]", "[-1]", "[1", "7", "[1.5]", "[9999999999]", "[]x"] {
      let outcome = try Program.run("tokenizer", "decode", tokenizer, input: "[]\n\(line)\n")
      #expect(outcome.status == 65 && outcome.output == "\n", "\(line)")
      #expect(outcome.error.hasPrefix("Error: standard input:2: expected"), "\(outcome.error)")
    }
  }

  @Test func outputThatCantBeWrittenIsRefusedBeforeWork() throws {
    // Text that is no text: reading it would fail with another code.
    let bad = try directory.write("", to: "empty.txt")
    try train("--strict", bad, output: directory["no/such/out.json"])
      .expectFailure(74, naming: "no/such/out.json")
    try train("--strict", bad, output: directory.path).expectFailure(74, naming: directory.path)
    try train("--strict", bad, output: "/proc/out.json").expectFailure(74, naming: "/proc/out.json")
  }

  @Test func impossibleOptionsAreUsageErrors() throws {
    let text = try directory.write(Samples.text, to: "text.txt")
    try Program.run("tokenizer", "train", "--kind", "bpe", "--output", "x", text)
      .expectUsageError(naming: "--vocabulary-size")
    try Program.run("tokenizer", "train", "--kind", "unigram", "--output", "x", text)
      .expectUsageError(naming: "unigram")
    try Program.run(
      "tokenizer", "train", "--kind", "bpe", "--vocabulary-size", "300", "--lowercase",
      "--output", "x", text
    ).expectUsageError(naming: "wordpiece")
    try Program.run("tokenizer", "encode", "x", "--threads", "0")
      .expectUsageError(naming: "--threads")
  }

  @Test func vocabularyBelowTheAlphabetIsRefused() throws {
    let text = try directory.write(Samples.text, to: "text.txt")
    try Program.run(
      "tokenizer", "train", "--kind", "bpe", "--vocabulary-size", "100", "--output",
      directory["x.json"], text
    ).expectFailure(65, naming: "257", "100")
  }
}
