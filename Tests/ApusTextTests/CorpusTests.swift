import ApusFiles
import Foundation
import Testing

@testable import ApusText

@Suite struct CorpusTests {
  private struct Found: Equatable {
    var text: String
    var file: String
    var row: Int
  }

  private func read(_ corpus: Corpus) throws -> ([Found], Corpus.Report) {
    var found: [Found] = []
    let report = try corpus.forEachDocument { text, place in
      found.append(
        Found(
          text: String(decoding: text, as: UTF8.self),
          file: URL(filePath: place.file).lastPathComponent, row: place.row))
    }
    return (found, report)
  }

  private func texts(_ corpus: Corpus) throws -> [String] { try read(corpus).0.map(\.text) }

  /// Packs bytes with gzip(1)'s stored blocks, so that no packer is needed.
  private func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
    var rest = bytes[...]
    repeat {
      let part = rest.prefix(0xFFFF)
      rest = rest.dropFirst(part.count)
      let count = UInt16(part.count)
      result.append(rest.isEmpty ? 1 : 0)
      for value in [count, ~count] { result += [UInt8(value & 0xFF), UInt8(value >> 8)] }
      result += part
    } while !rest.isEmpty
    var checksum = Checksum()
    bytes.withUnsafeBytes { checksum.update($0) }
    for value in [checksum.value, UInt32(truncatingIfNeeded: bytes.count)] {
      withUnsafeBytes(of: value.littleEndian) { result += $0 }
    }
    return result
  }

  @Test func binaryFilesOfDirectoriesArePassedOver() throws {
    let directory = try TemporaryDirectory()
    let text = try directory.write("one\n", to: "set/a.txt")
    let binary = try directory.write([1, 0, 2], to: "set/b.bin")
    let packed = try directory.write(gzip([0, 1, 2]), to: "set/c/d.gz")
    let corpus = try Corpus(["\(directory.path)/set"])
    #expect(corpus.paths == [text] && corpus.binaryPaths == [binary, packed])
    let (found, report) = try read(corpus)
    #expect(found.map(\.text) == ["one\n"] && report.binaryFiles == [binary, packed])
    // A file that is named itself is read whatever it holds.
    #expect(try texts(Corpus([binary])) == ["\u{1}\0\u{2}"])
    try FileManager.default.removeItem(atPath: text)
    let error = #expect(throws: InputError.self) { try Corpus(["\(directory.path)/set"]) }
    #expect(error?.found == "only \(binary), \(packed)")
  }

  @Test func linesOfJSONNameTheirKeysAndMayBeBlank() throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write(
      "{\"text\": \"a\"}\n\n \t\r\n{\"id\": 1, \"text\": \"b\"}\n", to: "a.jsonl")
    var lines = try TextLines(file, key: "text")
    #expect(try lines.next() == "a" && lines.row == 1)
    #expect(try lines.next() == "b" && lines.row == 4)
    #expect(try lines.next() == nil)
    #expect(try texts(Corpus([file])) == ["a", "b"])
    let other = try directory.write("\n{\"txt\": \"a\", \"id\": {}}\n", to: "b.jsonl")
    let message = "\(other):2: expected the key \"text\", got txt, id"
    lines = try TextLines(other, key: "text")
    let error = #expect(throws: InputError.self) { try lines.next() }
    #expect(error?.description == message)
    let corpus = #expect(throws: InputError.self) { try texts(Corpus([other])) }
    #expect(corpus?.description == message)
    // A near name that is not among those shown is named apart.
    let many = (1...21).map { "\"\($0)\": 0, " }.joined()
    lines = try TextLines(try directory.write("{\(many)\"txt\": 0}\n", to: "d.jsonl"), key: "text")
    let last = #expect(throws: InputError.self) { try lines.next() }
    #expect(last?.found.hasSuffix("20, … (22 in all) (did you mean txt?)") == true)
    // Plain lines keep empty ones, which are texts.
    lines = try TextLines(try directory.write("a\n\nb\n", to: "c.txt"))
    #expect(try [lines.next(), lines.next(), lines.next()] == ["a", "", "b"])
  }

  @Test func readsFilesWhole() throws {
    let directory = try TemporaryDirectory()
    let first = try directory.write("one\n\ntwo\n", to: "a.txt")
    let second = try directory.write("\u{FEFF}three", to: "b.txt")
    let (found, report) = try read(Corpus([first, second]))
    #expect(
      found == [
        Found(text: "one\n\ntwo\n", file: "a.txt", row: 1),
        Found(text: "three", file: "b.txt", row: 1),
      ])
    #expect(report.files == 2)
    #expect(report.documents == 2)
    #expect(report.bytes == 14)
    #expect(report.longest == 9)
  }

  @Test func readsLinesAndBlankLines() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write("\none\r\ntwo\n \t\n\n\nthree\n  \nfour\nfive", to: "a.txt")
    let (lines, _) = try read(Corpus([path], documents: .lines))
    #expect(lines.map(\.text) == ["one", "two", "three", "four", "five"])
    #expect(lines.map(\.row) == [2, 3, 7, 9, 10])
    let (blocks, _) = try read(Corpus([path], documents: .blankLines))
    #expect(blocks.map(\.text) == ["one\r\ntwo\n \t", "three\n  ", "four\nfive"])
    #expect(blocks.map(\.row) == [2, 7, 9])
  }

  @Test func readsDirectoriesInOrder() throws {
    let directory = try TemporaryDirectory()
    for name in ["b.txt", "a/z.txt", "a/y/1.txt", "c.txt", ".hidden", "a/.git/x"] {
      _ = try directory.write(name, to: name)
    }
    #expect(try texts(Corpus([directory.path])) == ["a/y/1.txt", "a/z.txt", "b.txt", "c.txt"])
    #expect(throws: FileError.self) { try Corpus(["\(directory.path)/none"]) }
  }

  @Test func refusesEmptyCorpora() throws {
    let directory = try TemporaryDirectory()
    #expect(throws: InputError.self) { try Corpus([]) }
    #expect(throws: InputError.self) { try Corpus([directory.path]) }
    let path = try directory.write(" \n\n\t", to: "blank.txt")
    #expect(throws: InputError.self) { try read(Corpus([path])) }
    #expect(throws: InputError.self) { try read(Corpus([path], documents: .lines)) }
    let empty = try directory.write("", to: "empty.jsonl")
    #expect(throws: InputError.self) { try read(Corpus([empty])) }
  }

  @Test func repairsOrRefusesOtherBytes() throws {
    let directory = try TemporaryDirectory()
    let bytes = Array("good\nb".utf8) + [0xFF, 0xE2, 0x82, 0x41, 0, 0xF0, 0x9F, 0x98]
    let path = try directory.write(bytes, to: "bad.txt")
    let (found, report) = try read(Corpus([path]))
    #expect(found.map(\.text) == ["good\nb\u{FFFD}\u{FFFD}A\0\u{FFFD}"])
    #expect(report.replacements == 3)
    #expect(report.nulBytes == 1)
    do {
      _ = try read(Corpus([path], isStrict: true))
      Issue.record("a strict corpus took bytes that are no UTF-8")
    } catch let error as InputError {
      #expect(error.row == 2)
      #expect(error.file == path)
      #expect(error.found.contains("0xff at byte 2"))
    }
  }

  /// The same replacements as Swift's decoder, which follows the same rule.
  @Test func repairsAsSwiftDoes() {
    var random = TestRandom(state: 5)
    let pieces: [[UInt8]] = [
      [0x41], [0xC3, 0xA9], [0xE2, 0x82, 0xAC], [0xF0, 0x9F, 0x98, 0x80], [0x80], [0xC0], [0xC3],
      [0xE0, 0x80], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF0, 0x9F], [0xF4, 0x90], [0xF5], [0xFF],
    ]
    for _ in 0..<3000 {
      let bytes = (0..<12).flatMap { _ in pieces[Int(random.next() % UInt64(pieces.count))] }
      var repaired: [UInt8] = []
      let count = bytes.withUnsafeBufferPointer { UTF8Repair.append($0, to: &repaired) }
      let expected = String(decoding: bytes, as: UTF8.self)
      #expect(repaired == Array(expected.utf8))
      #expect(count == expected.unicodeScalars.count { $0 == "\u{FFFD}" })
    }
  }

  @Test(arguments: [4, 7, 64]) func cutsLongDocuments(limit: Int) throws {
    let directory = try TemporaryDirectory()
    let text = String(repeating: "aé€😀", count: 100)
    let path = try directory.write(text, to: "long.txt")
    let (found, report) = try read(Corpus([path], longestDocument: limit))
    #expect(found.map(\.text).joined() == text)
    #expect(
      found.allSatisfy {
        $0.text.utf8.count <= limit && $0.text.utf8.count > limit - 4 || $0 == found.last
      })
    #expect(report.cutDocuments == 1)
    #expect(report.replacements == 0)
    let json = try directory.write("{\"text\": \"\(text)\"}\n", to: "long.jsonl")
    let (lines, jsonReport) = try read(Corpus([json], longestDocument: limit))
    #expect(lines.map(\.text).joined() == text)
    #expect(jsonReport.cutDocuments == 1)
  }

  @Test func readsLinesOf100Megabytes() throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/line.txt"
    #expect(FileManager.default.createFile(atPath: path, contents: nil))
    let handle = try #require(FileHandle(forWritingAtPath: path))
    let part = Data(repeating: UInt8(ascii: "x"), count: 10_000_000)
    for _ in 0..<10 { try handle.write(contentsOf: part) }
    try handle.write(contentsOf: Data("\nshort\n".utf8))
    try handle.close()
    var lengths: [Int] = []
    let report = try Corpus([path], documents: .lines).forEachDocument { text, _ in
      lengths.append(text.count)
    }
    #expect(lengths == Array(repeating: 1 << 24, count: 5) + [100_000_000 - 5 << 24, 5])
    #expect(report.cutDocuments == 1)
  }

  @Test func readsGzip() throws {
    let directory = try TemporaryDirectory()
    let text = String(repeating: "line of text é\n", count: 50_000)
    let packed = gzip(Array(text.utf8))
    let path = try directory.write(packed, to: "a.gz")
    #expect(try texts(Corpus([path])) == [text])
    let members = try directory.write(packed + gzip(Array("more".utf8)) + [0, 0, 0], to: "b.gz")
    #expect(try texts(Corpus([members])) == [text + "more"])
    let cut = try directory.write(packed.prefix(packed.count / 2), to: "cut.gz")
    #expect(throws: InputError.self) { try read(Corpus([cut])) }
    var damaged = packed
    damaged[damaged.count - 6] ^= 1
    let bad = try directory.write(damaged, to: "bad.gz")
    #expect(throws: InputError.self) { try read(Corpus([bad])) }
    let jsonLines = try directory.write(gzip(Array(#"{"text": "x"}"#.utf8)), to: "c.jsonl.gz")
    #expect(try texts(Corpus([jsonLines])) == ["x"])
  }

  @Test func readsJSONLines() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write(
      #"""
      {"id": 1, "text": "plain"}

      {"text": "esc \" \\ \/ \b\f\n\r\t \u00e9 \ud83d\ude00 \ud83d x", "more": [1, {"a": null}]}
      {"meta": {"text": "inner"}, "text": "outer", "text": "second"}
      """#, to: "a.jsonl")
    let (found, report) = try read(Corpus([path]))
    #expect(
      found.map(\.text) == [
        "plain", "esc \" \\ / \u{8}\u{C}\n\r\t é 😀 \u{FFFD} x", "outer",
      ])
    #expect(found.map(\.row) == [1, 3, 4])
    #expect(report.replacements == 1)
    let other = try directory.write(#"{"body": "b"}"#, to: "b.ndjson")
    #expect(try texts(Corpus([other], key: "body")) == ["b"])
  }

  @Test(arguments: [
    "{\"body\": \"x\"}", "[1]", "{\"text\": 5}", "{\"text\": \"x\"", "{\"text\": \"x}", "{} x",
    "{\"text\": \"\\x\"}", "{\"text\": \"\\u12\"}", "{\"text\": \"a\u{1}\"}", "{\"text\": \"x\"} y",
    "{\"text\": \"x\", }", "{\"a\": 01, \"text\": \"x\"}", "{\"a\": tru, \"text\": \"x\"}",
    "{\"a\": \(String(repeating: "[", count: 100_000)), \"text\": \"x\"}",
  ])
  func refusesOtherLines(_ line: String) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write("{\"text\": \"fine\"}\n\(line)\n", to: "a.jsonl")
    do {
      _ = try read(Corpus([path]))
      Issue.record("took \(line.prefix(40))")
    } catch let error as InputError {
      #expect(error.row == 2)
      #expect(error.file == path)
    }
  }

  @Test func splitsSentences() {
    func sentences(_ text: String) -> [String] {
      var text = text
      return text.withUTF8 { bytes in
        var result: [String] = []
        SentenceSplitter.forEachSentence(in: bytes) {
          result.append(String(decoding: bytes[$0], as: UTF8.self))
        }
        return result
      }
    }
    #expect(sentences("") == [])
    #expect(sentences("One") == ["One"])
    #expect(
      sentences("One. Two! Three? 4 is. \"Five.\" (Six.) Seven") == [
        "One.", " Two!", " Three?", " 4 is.", " \"Five.\"", " (Six.)", " Seven",
      ])
    #expect(
      sentences("Mr. Smith and J. Doe met e.g. Ann. They spoke.") == [
        "Mr. Smith and J. Doe met e.g. Ann.", " They spoke.",
      ])
    #expect(sentences("it costs 3.50 now. not new") == ["it costs 3.50 now. not new"])
    #expect(sentences("a\nb\n\n c \n") == ["a", "\nb", "\n\n c \n"])
    #expect(sentences("“Yes.” Élan. Then…") == ["“Yes.”", " Élan.", " Then…"])
    #expect(sentences("  \n lead. Next  ") == ["  \n lead.", " Next  "])
  }
}
