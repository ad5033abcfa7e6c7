import ApusFiles
import ApusTensors
import ApusText
@testable import ApusVectors
import Foundation
import Testing

@Suite struct FileTests {
  /// The closed form of make_golden.py.
  static func value(_ row: Int, _ column: Int) -> Double {
    let (i, j) = (Double(row), Double(column))
    return sin(1.3 * i + 0.7 * j * j) * exp(-0.4 * Double((row + column) % 23))
  }

  @Test(arguments: ["word2vec.txt", "word2vec.bin"])
  func gensimsFilesAreRead(_ name: String) throws {
    let vectors = try Golden.vectors(name)
    #expect(vectors.count == 15)
    #expect(vectors.dimension == 7)
    #expect(vectors.vocabulary.id(of: "東京") == 9)
    let rows = vectors.vectors.floatElements
    for row in 0..<15 {
      for column in 0..<7 {
        #expect(abs(Double(rows[row * 7 + column]) - Self.value(row, column)) < 1e-7)
      }
    }
  }

  @Test func textAndBinaryHoldTheSameBits() throws {
    let text = try Golden.vectors("word2vec.txt").vectors.floatElements
    #expect(text == (try Golden.vectors("word2vec.bin").vectors.floatElements))
  }

  @Test func fastTextsModelIsRead() throws {
    let vectors = try Golden.vectors("fasttext.bin")
    let expected = try Golden.expected()
    #expect(vectors.subwords?.rule == .init(lengths: 2...4, bucketCount: 40))
    for (word, _) in try expected["known"].members() {
      let vector = try #require(vectors.vector(of: word))
      expectClose(vector, try expected["known"][word].numbers().map(Float.init), 1e-6, word)
      let id = try #require(vectors.vocabulary.id(of: word))
      #expect(vectors.counts?[Int(id)] == (try expected["counts"][word].integer(in: 1...1000)))
    }
    for (word, _) in try expected["unknown"].members() {
      #expect(vectors.vocabulary.id(of: word) == nil)
      let vector = try #require(vectors.vector(of: word))
      expectClose(vector, try expected["unknown"][word].numbers().map(Float.init), 1e-6, word)
    }
    // The text that goes with the model has the same vectors without those of parts.
    let text = try Golden.vectors("fasttext.vec")
    #expect(text.vector(of: "kings") == nil)
    expectClose(text.vectors.floatElements, vectors.vectors.floatElements)
  }

  @Test func bucketsAreFastTexts() throws {
    let rule = Subwords.Rule(lengths: 3...6, bucketCount: 1_000_003)
    let expected = try Golden.expected()["buckets"]
    for (word, _) in try expected.members() {
      let buckets = try expected[word].array().map { try $0.integer(in: 0...1_000_002) }
      // gensim goes by lengths first.
      #expect(rule.buckets(of: word.utf8).map(Int.init).sorted() == buckets.sorted(), "\(word)")
    }
  }

  /// As in the authors' `Dictionary::initNgrams`.
  @Test func theEndOfLineHasNoParts() throws {
    let rule = Subwords.Rule(lengths: 3...6, bucketCount: 10)
    #expect(rule.buckets(of: "</s>".utf8).isEmpty)
    #expect(!rule.buckets(of: "</t>".utf8).isEmpty)
    let subwords = Subwords(rule, inputs: .ones([12, 4]))
    let vectors = WordVectors(
      try Vocabulary(["</s>", "word"]),
      Subwords(
        rule, words: Tensor([1, 2, 3, 4, 5, 6, 7, 8] as [Float], [2, 4]), table: subwords.table))
    #expect(vectors.vector(of: "</s>") == [1, 2, 3, 4])
    // Beside its own row it has ten parts, all of ones.
    expectClose(try #require(vectors.vector(of: "word")), [15, 16, 17, 18].map { $0 / 11 })
    #expect(WordVectors(try Vocabulary(["a", "b"]), subwords).vector(of: "</s>") == nil)
  }

  @Test(arguments: WordVectorFormat.allCases)
  func whatIsWrittenIsRead(_ format: WordVectorFormat) throws {
    let directory = try TemporaryDirectory()
    for name in ["word2vec.bin", "fasttext.bin"] {
      let vectors = try Golden.vectors(name)
      let suffix = [.binary, .fastText].contains(format) ? ".bin" : ""
      let path = "\(directory.path)/\(name)-\(format)\(suffix)"
      try vectors.write(to: path, as: format)
      let copy = try WordVectors(contentsOf: path)
      #expect(copy.vectors.floatElements == vectors.vectors.floatElements)
      #expect(
        (0..<copy.count).map { copy.vocabulary.token(of: Int32($0)) }
          == (0..<copy.count).map { vectors.vocabulary.token(of: Int32($0)) })
      if format == .directory { #expect(copy.counts == vectors.counts) }
      if format == .fastText || format == .directory, let subwords = vectors.subwords {
        #expect(copy.subwords?.rule == subwords.rule)
        #expect(copy.vector(of: "kings") == vectors.vector(of: "kings"))
      }
    }
  }

  @Test func textMayBeGloVesOrHaveOddSpaces() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.file(
      "a.txt", "a 1 -2\r\nword 0.5  1e-3 \n\n. . . 3 4\nlast\t+3\t4.25E0".utf8)
    let vectors = try WordVectors(contentsOf: path)
    #expect(vectors.vector(of: "a") == [1, -2])
    #expect(vectors.vector(of: "word") == [0.5, 1e-3])
    #expect(vectors.vector(of: ". . .") == [3, 4])
    #expect(vectors.vector(of: "last") == [3, 4.25])
  }

  @Test(arguments: [
    ("a 1 2\nb 1\n", "2: expected a word and 2 numbers, got 1 columns behind the word"),
    ("a 1 2\nb 1 2 3\n", "2: expected a word and 2 numbers, got 3 columns behind the word"),
    ("a 1 2\nb 1 nan\n", "2: expected finite numbers in the vector of \"b\", got nan"),
    ("a 1 2\nb 1 1e99\n", "2: expected finite numbers in the vector of \"b\", got inf"),
    ("a 1 2\nb 1 x\n", "2: expected a number, got \"x\""),
    ("a 1 2\na 1 2\n", "2: expected each word once, got \"a\", which is in row 1 too"),
    ("3 2\na 1 2\nb 1 2\n", "3: expected 3 rows, as the header says, got 2"),
    ("1 2\na 1 2\nb 1 2\n", "3: expected no more than the 1 rows of the header, got another"),
    ("2 3\na 1 2\nb 1 2\n", "2: expected a word and 3 numbers, got 2 columns behind the word"),
    ("9999999999999 2\na 1 2\n", "2: expected 9999999999999 rows, as the header says, got 1"),
    ("a\n", "1: expected a word and 1 numbers, got 0 columns behind the word"),
    ("", ": expected words with vectors, got none"),
  ])
  func badTextIsRefusedByRow(_ text: String, _ message: String) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.file("bad.txt", text.utf8)
    let error = #expect(throws: InputError.self) { try WordVectors(contentsOf: path) }
    let separator = message.hasPrefix(":") ? "" : ":"
    #expect(error?.description == "\(path)\(separator)\(message)")
  }

  @Test(arguments: [
    "9223372036854775807 2\n", "4194305 2\n", "0 2\n", "-1 2\n", "2 0\n", "2 9223372036854775807\n",
    "2\n", "2 2 2\n", "words 2\n",
  ])
  func badFirstLinesOfBinariesAreRefused(_ line: String) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.file("bad.bin", line.utf8)
    let error = #expect(throws: InputError.self) { try WordVectors(contentsOf: path) }
    #expect(error?.row == 1)
    #expect(
      error?.expected
        == "a line with the numbers of words (1 to 4194304) and of values (1 to 1048576)")
    #expect(error?.found == "\"\(line.dropLast())\"")
  }

  @Test func damagedFilesAreRefusedWithoutATrap() throws {
    let directory = try TemporaryDirectory()
    var stream = RandomStream(RandomKey(seed: 7, name: "damage"))
    for name in ["word2vec.bin", "fasttext.bin", "word2vec.txt"] {
      let sound = try Data(contentsOf: URL(filePath: Golden.directory + name))
      for cut in [0, 1, 5, 12, 40, sound.count / 2, sound.count - 1] where cut < sound.count {
        // The outputs of fastText's models are not read, and text may lack its last newline.
        guard name != "fasttext.bin" || cut < sound.count / 3 else { continue }
        guard name != "word2vec.txt" || cut < sound.count - 1 else { continue }
        let path = try directory.file(name, sound.prefix(cut))
        #expect(throws: InputError.self, "\(name) cut to \(cut)") {
          try WordVectors(contentsOf: path)
        }
      }
      for _ in 0..<300 {
        var bytes = Array(sound)
        for _ in 0...stream.below(3) {
          bytes[stream.below(min(90, bytes.count))] = UInt8(stream.below(256))
        }
        let path = try directory.file(name, bytes)
        do { _ = try WordVectors(contentsOf: path) } catch is InputError {}
        try FileManager.default.removeItem(atPath: path)
      }
    }
  }

  @Test func wordsWithSeparatorsAreRefused() throws {
    let directory = try TemporaryDirectory()
    let vectors = WordVectors(
      try Vocabulary(["a b", "c"]), Tensor([1, 2, 3, 4] as [Float], [2, 2]))
    for format in [WordVectorFormat.text, .glove, .binary] {
      let error = #expect(throws: InputError.self) {
        try vectors.write(to: "\(directory.path)/x", as: format)
      }
      #expect(error?.row == 1)
    }
    try vectors.write(to: "\(directory.path)/y.bin", as: .fastText)
    #expect(try WordVectors(contentsOf: "\(directory.path)/y.bin").vector(of: "a b") == [1, 2])
  }

  @Test(arguments: [
    "0", "-0.0", "1", "3.14159265358979", "1e22", "1e-22", "123456789012345678901234567890",
    "-7E+3", ".5", "5.", "9007199254740993", "4.9e-324", "0.000000000000000000000000000000001",
    "1e400",
  ])
  func numbersAreTheNearestDouble(_ text: String) {
    #expect(number(text) == Double(text.hasSuffix(".") ? text + "0" : text))
  }

  @Test(arguments: ["", "-", ".", "e5", "1e", "1e+", "1x", "1.2.3", "--1"])
  func textsThatAreNoNumbersAreNone(_ text: String) { #expect(number(text) == nil) }

  private func number(_ text: String) -> Double? {
    Array(text.utf8).withUnsafeBufferPointer { decimal($0) }
  }
}
