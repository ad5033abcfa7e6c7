import Apus
import ApusFiles
import ApusLayers
import ApusTensors
import Foundation
import Testing

/// `apus embed` on a tiny GPT whose context is 16 tokens; `TextEmbedderTests` compares the vectors
/// themselves with those of sentence-transformers.
@Suite struct EmbedTests {
  private let directory: TemporaryDirectory
  private let model: String
  private let texts = [
    "The fox", "", "a lazy dog sleeps over the old river and sleeps", "é\u{1F98A}",
  ]

  init() throws {
    directory = try TemporaryDirectory()
    model = try directory.model()
  }

  private func embed(
    _ input: String, _ output: String, _ arguments: String..., standardInput: String = ""
  ) throws -> Program.Outcome {
    try Program.run(
      ["embed", model, "--input", input, "--output", directory[output], "--threads", "1"]
        + arguments, input: standardInput)
  }

  private func write(_ texts: [String], to name: String = "texts.txt") throws -> String {
    try directory.write(texts.map { $0 + "\n" }.joined(), to: name)
  }

  /// An object on a line.
  private func line(_ text: String, key: String = "text") -> String {
    "{\"id\": 1, \"\(key)\": \(JSONValue.string(text).text)}"
  }

  /// The rows of a NumPy file, read by the format's description.
  private func array(_ name: String) throws -> [[Float]] {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: directory[name])))
    #expect(bytes.starts(with: [0x93] + Array("NUMPY".utf8) + [1, 0]))
    let start = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
    #expect(start.isMultiple(of: 64) && bytes[start - 1] == UInt8(ascii: "\n"))
    let header = String(decoding: bytes[10..<start], as: UTF8.self)
    let match = try #require(
      header.wholeMatch(
        of: /\{'descr': '<f4', 'fortran_order': False, 'shape': \((\d+), (\d+)\), \} *\n/))
    let (rows, columns) = try (#require(Int(match.1)), #require(Int(match.2)))
    let floats = bytes[start...].withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
    try #require(floats.count == rows * columns)
    return (0..<rows).map { Array(floats[$0 * columns..<($0 + 1) * columns]) }
  }

  private func objects(_ name: String) throws -> [[String: Any]] {
    try directory.text(of: name).split(separator: "\n").map { line in
      try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  /// Other tests change the number of threads meanwhile, which may change last bits.
  private func expectEqual(_ found: [[Float]], _ expected: [[Float]]) {
    #expect(found.count == expected.count)
    for (index, pair) in zip(found, expected).enumerated() {
      let worst = zip(pair.0, pair.1).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
      #expect(pair.0.count == pair.1.count && worst <= 1e-6, "text \(index): \(worst)")
    }
  }

  @Test func writesTheSameVectorsInEachFormat() throws {
    let input = try write(texts)
    let expected = try TextEmbedder(model).embed(texts)
    for name in ["v.npy", "v.safetensors", "v.jsonl"] {
      let outcome = try embed(input, name)
      #expect(outcome.status == 0 && outcome.output.isEmpty && outcome.error.isEmpty, "\(outcome)")
    }
    expectEqual(try array("v.npy"), expected)
    let tensor = try SafetensorsFile(contentsOf: directory["v.safetensors"])
      .tensor("embeddings", shape: [4, 8])
    #expect(tensor.elements(as: Float.self) == (try array("v.npy")).flatMap(\.self))
    let lines = try objects("v.jsonl").map { line in
      try #require(line["embedding"] as? [Double]).map { Float($0) }
    }
    #expect(lines == (try array("v.npy")))
  }

  @Test func readsLinesOfTextAndOfJSON() throws {
    _ = try embed(try write(texts), "text.npy")
    let expected = try Data(contentsOf: URL(filePath: directory["text.npy"]))
    _ = try embed(try write(texts.map { line($0) }, to: "texts.jsonl"), "json.npy")
    let others = texts.map { line($0, key: "body") }
    _ = try embed("-", "body.npy", "--key", "body", standardInput: others.joined(separator: "\n"))
    _ = try embed("-", "input.npy", standardInput: texts.joined(separator: "\r\n"))
    for name in ["json.npy", "body.npy", "input.npy"] {
      #expect(try Data(contentsOf: URL(filePath: directory[name])) == expected, "\(name)")
    }
  }

  /// More texts than are read at a time, of all lengths.
  @Test func keepsTheOrderOfTheTexts() throws {
    let many = (0..<5000).map { "\($0)" + String(repeating: " fox", count: $0 * 7 % 13) }
    #expect(try embed(try write(many), "many.npy").status == 0)
    let vectors = try array("many.npy")
    try #require(vectors.count == many.count)
    let embedder = try TextEmbedder(model)
    let some = Array(stride(from: 0, to: many.count, by: 61))
    expectEqual(some.map { vectors[$0] }, embedder.embed(some.map { many[$0] }))
  }

  @Test func writesTokens() throws {
    let input = try write(texts)
    let expected = try TextEmbedder(model).embedTokens(texts)
    _ = try embed(input, "t.safetensors", "--tokens")
    let file = try SafetensorsFile(contentsOf: directory["t.safetensors"])
    let offsets = try file.tensor("offsets", shape: [5]).elements(as: Int32.self)
    #expect(zip(offsets, offsets.dropFirst()).map { Int($1 - $0) } == expected.map(\.ids.count))
    let states = try file.tensor("embeddings", shape: [Int(offsets[4]), 8])
    expectEqual([states.elements()], [expected.flatMap { $0.states.floatElements }])
    _ = try embed(input, "t.jsonl", "--tokens")
    for (line, text) in zip(try objects("t.jsonl"), expected) {
      #expect((line["tokens"] as? [String])?.count == text.ids.count)
      let rows = try #require(line["embeddings"] as? [[Double]])
      expectEqual([rows.flatMap(\.self).map { Float($0) }], [text.states.floatElements])
    }
  }

  @Test func takesOptions() throws {
    let input = try write(texts)
    _ = try embed(
      input, "o.npy", "--pooling", "last", "--normalize", "--layer", "1", "--max-length", "5")
    let options = EmbeddingOptions(
      pooling: .last, normalizes: true, layer: 1, maximumLength: 5)
    expectEqual(try array("o.npy"), try TextEmbedder(model, options).embed(texts))
  }

  @Test func aFileOfNoTextsGivesNoVectors() throws {
    let input = try write([])
    #expect(try embed(input, "none.npy").status == 0)
    #expect(try array("none.npy").isEmpty)
    #expect(try embed(input, "none.safetensors", "--tokens").status == 0)
    let file = try SafetensorsFile(contentsOf: directory["none.safetensors"])
    #expect(file.entry(named: "embeddings")?.shape == [0, 8])
    #expect(try file.tensor("offsets").elements(as: Int32.self) == [0])
  }

  /// Ill-formed UTF-8 counts as U+FFFD, and NUL as a character like others.
  @Test func takesAnyBytes() throws {
    let input = try directory.write([0x61, 0xFF, 0x62, 0x0A, 0x61, 0, 0x62], to: "bytes.txt")
    #expect(try embed(input, "bytes.npy").status == 0)
    expectEqual(try array("bytes.npy"), try TextEmbedder(model).embed(["a\u{FFFD}b", "a\0b"]))
  }

  @Test func keepsIDs() throws {
    let lines = #"{"id": "a", "text": "The fox"}"# + "\n" + #"{"id": 7, "text": ""}"# + "\n"
    let bytes = Array(lines.utf8) + Array(#"{"id": "c", "text": "a"#.utf8) + [0xFF]
    let input = try directory.write(bytes + Array("\"}\n".utf8), to: "ids.jsonl")
    #expect(try embed(input, "v.npy", "--id-key", "id").status == 0)
    #expect(try directory.text(of: "v.npy.ids") == "a\n7\nc\n")
    expectEqual(try array("v.npy"), try TextEmbedder(model).embed(["The fox", "", "a\u{FFFD}"]))
    let search = ["search", directory["v.npy"], "--queries", directory["v.npy"], "--count", "1"]
    let found = try Program.run(search).lines.map { $0.split(separator: "\t") }
    #expect(found.count == 3)
    for line in found { #expect(try line[3] == ["a", "7", "c"][#require(Int(line[1]))]) }
    // Ids of other texts do not stay beside the vectors.
    #expect(try embed(input, "v.npy").status == 0)
    #expect(try !directory.names().contains("v.npy.ids"))
    #expect(try Program.run(search).lines.allSatisfy { $0.split(separator: "\t").count == 3 })
  }

  @Test(arguments: [#"{"id": 1, "txt": "a"}"#, #"{"id": 1, "text": 3}"#, #"{"text": "a"}"#])
  func refusesLinesWithoutTextOrID(_ line: String) throws {
    let input = try write([#"{"id": 1, "text": "a"}"#, line], to: "bad.jsonl")
    try embed(input, "v.npy", "--id-key", "id").expectFailure(65, naming: "bad.jsonl:2")
  }

  @Test(arguments: ["npy", "safetensors", "jsonl"])
  func keepsWhatCameBeforeABadLine(_ format: String) throws {
    let good = texts.map { line($0) }
    let input = try write(good + [#"{"text": 3}"#] + good, to: "bad.jsonl")
    try embed(input, "kept.\(format)").expectFailure(65, naming: "bad.jsonl:5")
    _ = try embed(try write(texts), "whole.\(format)")
    #expect(
      try Data(contentsOf: URL(filePath: directory["kept.\(format)"]))
        == Data(contentsOf: URL(filePath: directory["whole.\(format)"])))
    // Where nothing came before, nothing is written over what is there.
    let worse = try write(["[]"], to: "worse.jsonl")
    try embed(worse, "kept.\(format)").expectFailure(65, naming: "worse.jsonl:1")
    #expect(try !Data(contentsOf: URL(filePath: directory["kept.\(format)"])).isEmpty)
    #expect(try directory.names().allSatisfy { !$0.hasSuffix(".partial") })
  }

  @Test func aSignalLeavesNoUnfinishedFile() throws {
    let outcome = try Program.shell(
      """
      mkfifo texts
      { echo a text; exec sleep 60; } > texts 2> log & feeder=$!
      "$apus" embed '\(model)' --input - --output v.npy < texts 2> log & embedding=$!
      for i in $(seq 1000); do ls *.partial > log 2>&1 && echo seen && break; sleep 0.02; done
      kill -TERM $embedding; wait $embedding; echo $?; kill $feeder; ls
      """, in: directory.path)
    #expect(outcome.lines.prefix(2) == ["seen", "143"], "\(outcome)")
    #expect(!outcome.output.contains("v.npy"), "\(outcome)")
  }

  @Test func refusesWhatDoesNotFit() throws {
    let input = try write(texts)
    try embed(input, "v.csv").expectUsageError(naming: ".npy")
    try embed(input, "v.npy", "--tokens").expectUsageError(naming: "--tokens")
    try embed(input, "v.jsonl", "--tokens", "--pooling", "max").expectUsageError(
      naming: "--pooling")
    try embed(input, "v.npy", "--pooling", "median").expectUsageError(naming: "median")
    try embed(input, "v.npy", "--layer", "3").expectFailure(65, naming: "layer", "3")
    try embed(input, "v.npy", "--max-length", "17").expectFailure(65, naming: "16 tokens")
    try embed(directory["absent.txt"], "v.npy").expectFailure(66, naming: "absent.txt")
    try embed(input, "no/such/v.npy").expectFailure(74, naming: "no/such/v.npy")
    #expect(!FileManager.default.fileExists(atPath: directory["v.npy"]))
  }

  @Test func bytesThatAreNoUTF8AreCountedOrRefused() throws {
    let bytes = Array("The fox\ncaf".utf8) + [0xE9] + Array("\n".utf8)
    let input = try directory.write(bytes, to: "latin.txt")
    let outcome = try embed(input, "v.npy")
    #expect(outcome.status == 0 && outcome.error.contains("1 line with bytes"), "\(outcome)")
    try embed(input, "w.npy", "--strict").expectFailure(65, naming: "latin.txt:2: expected UTF-8")
  }

  /// The first values of whole vectors, of length 1 where those have it.
  @Test func vectorsAreCut() throws {
    let input = try write(texts)
    for isNormalized in [true, false] {
      let flag = isNormalized ? "--normalize" : "--no-normalize"
      #expect(try embed(input, "whole.npy", flag).status == 0)
      #expect(try embed(input, "cut.npy", flag, "--dimensions", "3").status == 0)
      let whole = try array("whole.npy")
      for (vector, all) in zip(try array("cut.npy"), whole) {
        let first = all.prefix(3)
        let length = isNormalized ? first.reduce(0) { $0 + $1 * $1 }.squareRoot() : 1
        #expect(vector.count == 3)
        #expect(zip(vector, first).allSatisfy { abs($0 - $1 / max(length, 1e-12)) < 1e-5 })
      }
    }
    try embed(input, "v.npy", "--dimensions", "0").expectFailure(65, naming: "dimensions")
    try embed(input, "v.jsonl", "--tokens", "--dimensions", "3")
      .expectUsageError(naming: "--dimensions")
  }

  @Test func saysHowPicklesAreConverted() throws {
    let input = try write(texts)
    try FileManager.default.moveItem(
      atPath: "\(model)/model.safetensors", toPath: "\(model)/pytorch_model.bin")
    try embed(input, "v.npy").expectFailure(65, naming: model, "save_pretrained")
  }

  @Test func refusesATokenizerOfMoreTokensThanTheModelHas() throws {
    let small = try directory.model("small", vocabularySize: 300, room: 299)
    try Program.run("embed", small, "--input", try write(texts), "--output", directory["v.npy"])
      .expectFailure(65, naming: "299 tokens")
  }
}
