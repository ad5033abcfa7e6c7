import Foundation
import Testing

@testable import ApusText

@Suite struct PrepareTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func prepare(_ arguments: String..., output: String = "shards") throws -> Program.Outcome
  {
    try Program.run(["prepare", "--output", directory[output]] + arguments)
  }

  @Test func shardsHoldTheCorpusAndTheirTokenizer() throws {
    let tokenizer = try directory.tokenizer("bpe")
    let text = try directory.write(Samples.json, to: "texts.jsonl")
    let outcome = try prepare("--tokenizer", tokenizer, "--end-of-text", "--json", text)
    let json = try outcome.json()
    #expect(try directory.names(in: "shards") == ["tokenizer.json", "tokens-00000.shard"])
    #expect(try directory.names().filter { $0.contains("partial") } == [])
    let shards = try TokenShards(directory["shards"])
    try shards.verify()
    #expect(json["tokens"] as? Int == shards.tokenCount && shards.documentCount == 100)
    let kept = try Tokenizer(contentsOf: directory["shards"])
    #expect(kept.fingerprint == shards.fingerprint)
    let first = shards.tokens(ofDocument: 0)
    #expect(first.last == kept.id(of: Tokenizer.endOfText))
    #expect(kept.decode(first) == Samples.lines[0])
  }

  @Test func validationDocumentsAreSpreadEvenly() throws {
    let tokenizer = try directory.tokenizer("wordpiece")
    let text = try directory.write(Samples.text, to: "texts.txt")
    let outcome = try prepare(
      "--tokenizer", tokenizer, "--documents", "lines", "--sentences", "--validation-fraction",
      "0.1", text)
    #expect(outcome.output.contains("train: 90 documents"), "\(outcome)")
    #expect(try directory.names(in: "shards") == ["train", "validation"])
    let validation = try TokenShards(directory["shards/validation"])
    let training = try TokenShards(directory["shards/train"])
    #expect(validation.documentCount == 10 && training.documentCount == 90)
    #expect(training.hasSentences)
    let kept = try Tokenizer(contentsOf: directory["shards/validation"])
    #expect(kept.decode(validation.tokens(ofDocument: 1)).contains("number 19"))
  }

  @Test func shardsOfTheSameTokenizerAreReplaced() throws {
    let tokenizer = try directory.tokenizer("bpe")
    let text = try directory.write(Samples.text, to: "texts.txt")
    for kind in ["files", "lines"] {
      #expect(try prepare("--tokenizer", tokenizer, "--documents", kind, text).status == 0)
    }
    #expect(try TokenShards(directory["shards"]).documentCount == 100)
    #expect(try directory.names().filter { $0.hasPrefix("shards") } == ["shards"])
  }

  @Test func otherDirectoriesAreRefused() throws {
    let text = try directory.write(Samples.text, to: "texts.txt")
    let (one, other) = (try directory.tokenizer("bpe"), try directory.tokenizer("character"))
    #expect(try prepare("--tokenizer", one, text).status == 0)
    try prepare("--tokenizer", other, text).expectFailure(65, naming: "another tokenizer")
    try prepare("--tokenizer", one, text, output: "texts.txt")
      .expectFailure(74, naming: "texts.txt")
    try prepare("--tokenizer", one, text, output: "texts.txt/shards")
      .expectFailure(74, naming: "texts.txt/shards")
    _ = try directory.write("", to: "full/notes.md")
    try prepare("--tokenizer", one, text, output: "full")
      .expectFailure(65, naming: "full", "notes.md")
  }

  @Test func badCorporaLeaveNothing() throws {
    let tokenizer = try directory.tokenizer("wordpiece")
    let empty = try directory.write(" \n", to: "empty.txt")
    try prepare("--tokenizer", tokenizer, empty).expectFailure(65, naming: "empty.txt")
    let bad = try directory.write([0x61, 0xFF], to: "bad.txt")
    try prepare("--tokenizer", tokenizer, "--strict", bad).expectFailure(65, naming: "bad.txt:1")
    let single = try directory.write("one document", to: "single.txt")
    try prepare("--tokenizer", tokenizer, "--validation-fraction", "0.5", single)
      .expectFailure(65, naming: "single.txt", "got 1")
    try prepare("--tokenizer", tokenizer, "--end-of-text", single)
      .expectFailure(65, naming: "<|endoftext|>")
    try prepare("--tokenizer", tokenizer, "--validation-fraction", "1", single)
      .expectUsageError(naming: "--validation-fraction")
    #expect(try directory.names().filter { $0.hasPrefix("shards") } == [])
  }

  @Test func killedMidwayLeavesNothingThatLooksWhole() throws {
    let tokenizer = try directory.tokenizer("bpe")
    _ = try directory.write(Samples.text, to: "texts.txt")
    // Input that does not end until after the kill.
    let outcome = try Program.shell(
      """
      (cat texts.txt; sleep 3) | "$apus" prepare --tokenizer '\(tokenizer)' --output shards - &
      sleep 1; kill -9 $!
      """, in: directory.path)
    #expect(outcome.status == 0, "\(outcome)")
    #expect(try directory.names().contains { $0.hasPrefix("shards.") && $0.hasSuffix(".partial") })
    #expect(!FileManager.default.fileExists(atPath: directory["shards"]))
  }
}
