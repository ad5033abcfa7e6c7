import ApusFiles
import Foundation
import Testing

@testable import ApusText

@Suite struct UnigramTests {
  @Test func trieFindsWhatADictionaryFinds() throws {
    var random = TestRandom(state: 11)
    for letters in [Array("ab".utf8), Array("abcdefghij".utf8), Array(UInt8.min...UInt8.max)] {
      var ids: [[UInt8]: Int] = [:]
      for _ in 0..<3000 {
        let count = 1 + Int(random.next() % 9)
        let token = (0..<count).map { _ in letters[Int(random.next() % UInt64(letters.count))] }
        if ids[token] == nil { ids[token] = ids.count }
      }
      let trie = TokenTrie(try Vocabulary(ids.map { ($0.key, $0.value) })) { $0 % 7 != 0 }
      for _ in 0..<5000 {
        let count = Int(random.next() % 10)
        let text = (0..<count).map { _ in letters[Int(random.next() % UInt64(letters.count))] }
        let expected = ids[text].flatMap { $0 % 7 == 0 ? nil : $0 } ?? -1
        #expect(text.withUnsafeBufferPointer { Int(trie.id(of: $0)) } == expected)
      }
      for (token, id) in ids where id % 7 != 0 {
        #expect(token.withUnsafeBufferPointer { Int(trie.id(of: $0)) } == id)
      }
    }
  }

  /// Every path over a short text is tried.
  @Test func findsTheBestPath() throws {
    var random = TestRandom(state: 12)
    for _ in 0..<300 {
      var tokens = ["?"]
      for _ in 0..<12 {
        let token = String(
          (0...random.next() % 3).map { _ in "abé".randomElement(using: &random) ?? "a" })
        if !tokens.contains(token) { tokens.append(token) }
      }
      let scores = tokens.indices.map { _ in -Double(random.next() % 1000) / 100 }
      let model = try Unigram(Vocabulary(tokens), scores: scores, unknownID: 0)
      let text = (0..<10).map { _ in "abéx".randomElement(using: &random) ?? "a" }
      let rated = Dictionary(uniqueKeysWithValues: zip(tokens, scores))
      let floor = (scores.min() ?? 0) - 10
      func best(_ rest: ArraySlice<Character>) -> Double {
        guard !rest.isEmpty else { return 0 }
        return (1...rest.count).compactMap { count -> Double? in
          let score = rated[String(rest.prefix(count))] ?? (count == 1 ? floor : nil)
          return score.map { $0 + best(rest.dropFirst(count)) }
        }.max() ?? -.infinity
      }
      var parts: [PieceToken] = []
      Array(String(text).utf8).withUnsafeBufferPointer { model.tokenize($0, into: &parts) }
      var start = 0
      let sum = parts.reduce(0.0) { sum, part in
        let piece = Array(String(text).utf8)[start..<Int(part.end)]
        start = Int(part.end)
        let unknown = piece.count(where: { $0 & 0xC0 != 0x80 })
        return sum + (part.id == 0 ? floor * Double(unknown) : scores[Int(part.id)])
      }
      #expect(start == String(text).utf8.count)
      #expect(abs(sum - best(text[...])) < 1e-9)
    }
  }

  @Test func longTextsTakeLinearTimeAndMemory() throws {
    let tokenizer = try Tokenizer(contentsOf: golden("unigram-whole.tokenizer.json"))
    let text = [UInt8](repeating: UInt8(ascii: "e"), count: 1 << 21)
    #expect(tokenizer.plainIDs(text).count > 1 << 18)
  }

  @Test func offsetsSliceTheSource() throws {
    let tokenizer = try Tokenizer(contentsOf: golden("sentencepiece.nmt.model"))
    let text = "  The  miller’s\u{3000}caf\u{65}\u{301} ﬁne…  "
    let bytes = Array(text.utf8)
    let encoding = tokenizer.encode(text)
    var covered: [UInt8] = []
    // The three dots that one character becomes share its place.
    var end = 0
    for range in encoding.offsets where range.upperBound > end {
      covered += bytes[range]
      end = range.upperBound
    }
    let words = String(decoding: covered, as: UTF8.self)
    #expect(words.filter { !$0.isWhitespace } == text.filter { !$0.isWhitespace })
  }

  @Test func refusesWhatDoesNotFit() throws {
    let vocabulary = try Vocabulary(["<unk>", "a", "b"])
    #expect(throws: InputError.self) {
      try Unigram(vocabulary, scores: [0, -1], unknownID: 0)
    }
    #expect(throws: InputError.self) {
      try Unigram(vocabulary, scores: [0, -1, .infinity], unknownID: 0)
    }
    #expect(throws: InputError.self) {
      try Unigram(vocabulary, scores: [0, -1, -2], unknownID: 3)
    }
    let none = try Unigram(vocabulary, scores: [0, -1, -2], unknownID: nil)
    let tokenizer = try Tokenizer(model: none)
    #expect(tokenizer.plainIDs("axb".utf8) == [1, 2])
  }

  /// Damaged tokenizer.json files of this family end in an error or in a tokenizer that works.
  @Test(arguments: ["unigram", "unigram-bytes"]) func damagedFilesGiveErrors(_ name: String) throws
  {
    let whole = Array(try Data(contentsOf: URL(filePath: golden("\(name).tokenizer.json"))))
    let directory = try TemporaryDirectory()
    var random = TestRandom(state: 31)
    var (read, refused) = (0, 0)
    for _ in 0..<2000 {
      let path = try directory.write(damaged(whole, &random), to: "tokenizer.json")
      do {
        let tokenizer = try Tokenizer(contentsOf: path)
        let text = "The café <x> of 1254,  \u{FF21} 中\0 "
        // A damaged normalizer may well make text longer.
        #expect(tokenizer.plainIDs(text.utf8).count < 4 * text.utf8.count)
        _ = tokenizer.decode(tokenizer.encode(text).ids)
        read += 1
      } catch let error as InputError {
        #expect(error.file == path)
        refused += 1
      }
    }
    #expect(read > 100 && refused > 100, "\(read) read, \(refused) refused")
  }

  private func damaged(_ sound: [UInt8], _ random: inout TestRandom) -> [UInt8] {
    var bytes = sound
    func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
    for _ in 0...below(3) {
      let place = below(bytes.count)
      let end = min(bytes.count, place + below(64))
      switch below(7) {
      case 0: bytes[place] ^= 1 << UInt8(below(8))
      case 1: bytes[place] = UInt8(below(256))
      case 2: bytes.remove(at: place)
      case 3: bytes.insert(Array("{}[],:\"0129eE-.\\".utf8)[below(16)], at: place)
      case 4: bytes.removeSubrange(place..<end)
      case 5: bytes.insert(contentsOf: bytes[place..<end], at: below(bytes.count))
      default: if below(4) == 0 { bytes.removeSubrange(place...) }
      }
      if bytes.isEmpty { return bytes }
    }
    return bytes
  }

  @Test func readsSpacesWithOffsets() throws {
    let model = try Unigram(
      Vocabulary(["<unk>", "▁", "▁a", "a", "b"]), scores: [0, -2, -1, -3, -3], unknownID: 0)
    let always = try Tokenizer(preTokenizer: MetaspacePreTokenizer(), model: model)
    #expect(always.encode("ab  a").ids == [2, 4, 1, 2])
    #expect(always.encode("ab  a").offsets == [0..<1, 1..<2, 2..<3, 3..<5])
    let never = try Tokenizer(
      preTokenizer: MetaspacePreTokenizer(prepending: .never), model: model)
    #expect(never.encode("ab a").ids == [3, 4, 2])
    var token = AddedToken("<x>", id: 5)
    token.isSpecial = false
    let first = try Tokenizer(
      preTokenizer: MetaspacePreTokenizer(prepending: .first), model: model, addedTokens: [token])
    #expect(first.encode("a<x>a").ids == [2, 5, 3])
    #expect(first.plainIDs("a<x>a".utf8) == [2, 5, 3])
    #expect(MetaspaceDecoder().decode(["▁a", "b", "▁▁a"]) == "ab  a")
    #expect(MetaspaceDecoder(prepending: .never).decode(["▁a", "b"]) == " ab")
  }
}
