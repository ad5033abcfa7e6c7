import Foundation
import Testing

@Suite struct TokenizerTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(arguments: ["bpe", "wordpiece", "character"])
  func trainingReportsAndDoesNotDependOnThreads(kind: String) throws {
    let text = try directory.write(Samples.text, to: "text.txt")
    var files: [String] = []
    for threads in [1, 3] {
      let outcome = try Program.run(
        "tokenizer", "train", "--kind", kind, "--vocabulary-size", "300", "--output",
        directory["\(threads).json"], "--threads", "\(threads)", "--json", text)
      let json = try outcome.json()
      #expect(json["kind"] as? String == kind)
      #expect((json["vocabulary_size"] as? Int).map { 30...300 ~= $0 } == true, "\(json)")
      files.append(try directory.text(of: "\(threads).json"))
    }
    #expect(files[0] == files[1])
  }

  @Test func documentsComeFromJSONAndStandardInput() throws {
    let json = try directory.write(Samples.json, to: "texts.jsonl")
    let fromFile = try Program.run(
      "tokenizer", "train", "--kind", "bpe", "--vocabulary-size", "300", "--output",
      directory["a.json"], json)
    #expect(fromFile.output.contains("100 documents"), "\(fromFile)")
    let body = Samples.lines.map { "{\"body\": \"\($0)\"}\n" }.joined()
    let fromInput = try Program.run(
      "tokenizer", "train", "--kind", "bpe", "--vocabulary-size", "300", "--output",
      directory["b.json"], "--documents", "json-lines", "--key", "body", "-", input: body)
    #expect(fromInput.status == 0, "\(fromInput)")
    #expect(try directory.text(of: "a.json") == directory.text(of: "b.json"))
  }

  @Test func specialTokensTakeTheFirstIds() throws {
    let text = try directory.write(Samples.text, to: "text.txt")
    _ = try Program.run(
      "tokenizer", "train", "--kind", "bpe", "--vocabulary-size", "300", "--output",
      directory["t.json"], "--special", "<start>", "--special", "<end>", text)
    let outcome = try Program.run(
      "tokenizer", "encode", directory["t.json"], "--json", input: "<end><start>\n")
    #expect(outcome.output == "[1,0]\n")
  }

  @Test func encodingKeepsLinesSideBySide() throws {
    let tokenizer = try directory.tokenizer("wordpiece")
    let json = try directory.write(
      "{\"text\": \"The fox\"}\n{\"text\": \"\"}\n{\"id\": 3, \"text\": \"dogs\"}\n",
      to: "texts.jsonl")
    let text = try directory.write("The fox\r\n\ndogs", to: "texts.txt")
    let outputs = try [json, text].map {
      try Program.run("tokenizer", "encode", tokenizer, "--input", $0).output
    }
    #expect(outputs[0] == "[CLS] the fox [SEP]\n[CLS] [SEP]\n[CLS] dogs [SEP]\n")
    #expect(outputs[0] == outputs[1])
    let plain = try Program.run(
      "tokenizer", "encode", tokenizer, "--input", json, "--no-special", "--json")
    #expect(plain.lines.count == 3 && plain.lines[1] == "[]")
  }

  @Test func offsetsSliceTheText() throws {
    let tokenizer = try directory.tokenizer("wordpiece")
    let outcome = try Program.run(
      "tokenizer", "encode", tokenizer, "--json", "--offsets", input: "The fox\n")
    let offsets = try #require(outcome.json()["offsets"] as? [[Int]])
    #expect(offsets == [[0, 0], [0, 3], [4, 7], [0, 0]])
    try Program.run("tokenizer", "encode", tokenizer, "--offsets")
      .expectUsageError(naming: "--json")
  }

  @Test func pairsAreCutToALength() throws {
    let tokenizer = try directory.tokenizer("wordpiece")
    let json = try directory.write(
      #"{"q": "The fox", "p": "dogs and dogs and dogs"}"# + "\n", to: "pairs.jsonl")
    func encode(_ arguments: String...) throws -> Program.Outcome {
      try Program.run(
        ["tokenizer", "encode", tokenizer, "--input", json, "--key", "q", "--pair-key", "p"]
          + arguments)
    }
    #expect(
      try encode().output == "[CLS] the fox [SEP] dogs and dogs and dogs [SEP]\n")
    #expect(
      try encode("--max-length", "7", "--cut", "only-second").output
        == "[CLS] the fox [SEP] dogs and [SEP]\n")
    let windows = try encode(
      "--max-length", "7", "--cut", "only-second", "--json", "--windows", "--stride", "1",
      "--offsets")
    let list = try #require(
      JSONSerialization.jsonObject(with: Data(windows.output.utf8)) as? [[String: Any]])
    #expect(list.count == 4)
    #expect(list.map { $0["segments"] as? [Int] }.allSatisfy { $0 == [0, 0, 0, 0, 1, 1, 1] })
    #expect(
      list.last?["offsets"] as? [[Int]] == [
        [0, 0], [0, 3], [4, 7], [0, 0], [14, 17], [18, 22], [0, 0],
      ])
    try encode("--max-length", "2").expectFailure(65, naming: "pairs.jsonl:1", "at least")
    try encode("--cut", "only-second").expectUsageError(naming: "--max-length")
  }

  @Test func tokenizersAreConverted() throws {
    let wordpiece = try directory.tokenizer("wordpiece")
    let bpe = try directory.tokenizer("bpe")
    try FileManager.default.createDirectory(
      atPath: directory["gpt2"], withIntermediateDirectories: false)
    for arguments in [
      [wordpiece, "--output", directory["vocab.txt"]],
      [bpe, "--output", directory["gpt2/vocab.json"], "--merges", directory["gpt2/merges.txt"]],
    ] {
      let outcome = try Program.run(["tokenizer", "convert"] + arguments)
      #expect(outcome.status == 0, "\(outcome)")
    }
    for (tokenizer, copy) in [(wordpiece, "vocab.txt"), (bpe, "gpt2")] {
      let ids = try [tokenizer, directory[copy]].map {
        try Program.run("tokenizer", "encode", $0, "--json", input: "The fox, naïve\n").output
      }
      #expect(ids[0] == ids[1] && ids[0].count > 10)
    }
    try Program.run("tokenizer", "convert", bpe, "--output", directory["no.txt"])
      .expectFailure(65, naming: "no.txt")
  }

  @Test func decodingInvertsEncodingOnAnyNumberOfThreads() throws {
    let tokenizer = try directory.tokenizer("bpe")
    let text = try directory.write(
      String(repeating: Samples.text + "naïve 🦊  two  blanks\n", count: 300), to: "long.txt")
    var encodings: [String] = []
    for threads in ["1", "3"] {
      let outcome = try Program.run(
        "tokenizer", "encode", tokenizer, "--input", text, "--json", "--threads", threads)
      encodings.append(outcome.output)
    }
    #expect(encodings[0] == encodings[1])
    let ids = try directory.write(encodings[0], to: "ids.jsonl")
    let decoded = try Program.run("tokenizer", "decode", tokenizer, "--input", ids)
    #expect(decoded.output == (try directory.text(of: "long.txt")))
  }

  @Test func decodingCanKeepSpecialTokensAndQuote() throws {
    let tokenizer = try directory.tokenizer("bpe")
    let ids = try Program.run(
      "tokenizer", "encode", tokenizer, "--json", input: "fox<|endoftext|>\"\n"
    ).output
    #expect(try Program.run("tokenizer", "decode", tokenizer, input: ids).output == "fox\"\n")
    let special = try Program.run(
      "tokenizer", "decode", tokenizer, "--special", "--json", input: ids)
    #expect(special.output == "\"fox<|endoftext|>\\\"\"\n")
  }

  @Test func inspectionTellsKindSizeAndPieces() throws {
    let tokenizer = try directory.tokenizer("bpe")
    let sample = try directory.write(Samples.text, to: "text.txt")
    let json = try Program.run(
      "tokenizer", "inspect", tokenizer, "--text", "The fox", "--sample", sample, "--json"
    ).json()
    #expect(json["kind"] as? String == "bpe")
    #expect(json["vocabulary_size"] as? Int == 320)
    let tokens = try #require(json["tokens"] as? [[String: Any]])
    #expect(tokens.first?["offset"] as? [Int] == [0, 3])
    let rate = try #require(
      (json["sample"] as? [String: Any])?["bytes_per_token"] as? Double)
    #expect(rate > 1.5 && rate < 10)
    let table = try Program.run("tokenizer", "inspect", tokenizer, "--text", "The fox")
    #expect(table.output.contains("<|endoftext|> (0)") && table.output.contains("0–3"))
  }
}
