import ApusFiles
import Foundation
import Testing

@testable import ApusText

@Suite struct TokenizerPropertyTests {
  private func tokenizer(_ name: String) throws -> Tokenizer {
    try Tokenizer(contentsOf: golden("\(name).tokenizer.json"))
  }

  /// Words of the training text and odd scalars, mixed.
  private func randomText(_ random: inout TestRandom, _ count: Int) -> String {
    let parts = [
      "the ", "lighthouse", " Kettle", "'s", "don't", "  ", "\n", "\t", "é", "e\u{301}", "中", "😀",
      "\u{200D}", "İ", "ß", "1", "23", "½", "!", "...", "\u{A0}", "שלום", "\0", "\u{AD}", "x", "Q",
      "각", "[MASK]", "<|endoftext|>", "\r\n", "ﬁ", "_",
    ]
    return (0..<count).map { _ in parts[Int(random.next() % UInt64(parts.count))] }.joined()
  }

  @Test func byteLevelDecodingInvertsEncoding() throws {
    let tokenizer = try tokenizer("bpe")
    var random = TestRandom(state: 1)
    for round in 0..<2000 {
      let bytes = (0..<round % 200).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      #expect(tokenizer.decodeBytes(tokenizer.plainIDs(bytes)) == bytes)
      let text = randomText(&random, round % 60)
      let ids = tokenizer.encode(text).ids
      #expect(
        tokenizer.decode(ids, skippingSpecialTokens: false).utf8.elementsEqual(text.utf8))
    }
  }

  @Test(arguments: GoldenTests.names) func bothWaysGiveTheSameIDs(_ name: String) throws {
    let tokenizer = try tokenizer(name)
    var random = TestRandom(state: 2)
    for round in 0..<1000 {
      let text = randomText(&random, round % 60)
      let encoding = tokenizer.encode(text, addsSpecialTokens: false)
      #expect(tokenizer.plainIDs(text.utf8) == encoding.ids)
      var last = 0
      for range in encoding.offsets {
        // Marks that change places take their offsets with them.
        let reorders = tokenizer.normalizer is BERTNormalizer
        #expect(range.lowerBound >= last || reorders)
        #expect(0 <= range.lowerBound && range.upperBound <= text.utf8.count)
        last = range.lowerBound
      }
    }
  }

  /// Blocks are cut at spaces, which must change nothing.
  @Test(arguments: ["bpe", "bpe-prefix", "wordpiece", "character", "bpe-fallback", "word"])
  func longTextsGiveTheSameIDs(_ name: String) throws {
    let tokenizer = try tokenizer(name)
    var random = TestRandom(state: 3)
    let text = randomText(&random, 60_000)
    #expect(text.utf8.count > 5 * 1 << 15)
    #expect(
      tokenizer.plainIDs(text.utf8) == tokenizer.encode(text, addsSpecialTokens: false).ids)
  }

  @Test func offsetsSliceTheSource() throws {
    let character = try tokenizer("character")
    let text = "The café — 中文\n😀"
    let bytes = Array(text.utf8)
    let slices = character.encode(text).offsets.map { String(decoding: bytes[$0], as: UTF8.self) }
    #expect(slices == text.unicodeScalars.map(String.init))
    let bpe = try tokenizer("bpe")
    let untrimmed = try Tokenizer(preTokenizer: bpe.preTokenizer, model: bpe.model).encode(text)
    #expect(untrimmed.offsets.flatMap { bytes[$0] } == bytes)
    for (id, range) in zip(untrimmed.ids, untrimmed.offsets) {
      #expect(bpe.decodeBytes([id]) == Array(bytes[range]))
    }
    let word = try tokenizer("wordpiece").encode("  KETTLE, Crème!", addsSpecialTokens: false)
    let source = Array("  KETTLE, Crème!".utf8)
    let words = word.offsets.map { String(decoding: source[$0], as: UTF8.self) }
    #expect(words.joined() == "KETTLE,Crème!")
  }

  @Test func longPiecesGiveWhatShortOnesDo() throws {
    let model = try #require(tokenizer("bpe").model as? ByteLevelBPE)
    var random = TestRandom(state: 4)
    for _ in 0..<300 {
      let count = 49 + Int(random.next() % 100)
      let letters = Array("theoldsailrw".utf8)
      let piece = (0..<count).map { _ in letters[Int(random.next() % UInt64(letters.count))] }
      var tokens: [PieceToken] = []
      piece.withUnsafeBufferPointer { model.tokenize($0, into: &tokens) }
      #expect(tokens.map(\.id) == reference(piece, model))
      #expect(tokens.last.map { Int($0.end) } == count)
    }
  }

  /// Windows give what the whole piece does, where two have a token in common.
  @Test func windowsOfPiecesGiveWhatTheWholeDoes() throws {
    let model = try #require(tokenizer("bpe").model as? ByteLevelBPE)
    let table = try MergeTable(model.merges, of: model.vocabulary)
    #expect(table.isOrdered)
    #expect(try !MergeTable(model.merges.reversed(), of: model.vocabulary).isOrdered)
    var random = TestRandom(state: 5)
    var joined = 0
    for round in 0..<400 {
      let letters = Array((round % 4 == 0 ? "ee" : "theoldsailrw'").utf8)
      var parts = (0..<300 + round * 3).map { index in
        let letter = letters[Int(random.next() % UInt64(letters.count))]
        return PieceToken(
          id: model.vocabulary.id(of: ByteAlphabet.spelling([letter])) ?? -1, end: index + 1)
      }
      parts.withUnsafeMutableBufferPointer { parts in
        let windows = [64, 100, 256].map { table.merged(parts, windowLength: $0) }
        let whole = Array(parts[..<table.mergeLong(parts)])
        for case let window? in windows {
          #expect(window == whole)
          joined += 1
        }
      }
    }
    #expect(joined > 800)
  }

  /// Merges the leftmost pair of lowest rank, as the definition says.
  private func reference(_ piece: [UInt8], _ model: ByteLevelBPE) -> [Int32] {
    var parts = piece.map { model.vocabulary.id(of: ByteAlphabet.spelling([$0])) ?? -1 }
    let ranks = Dictionary(
      uniqueKeysWithValues: model.merges.enumerated().map {
        ([$0.element.left, $0.element.right], $0.offset)
      })
    while true {
      let best = parts.indices.dropLast().compactMap { index in
        ranks[[parts[index], parts[index + 1]]].map { ($0, index) }
      }.min { $0 < $1 }
      guard let (rank, index) = best else { return parts }
      parts.replaceSubrange(index...index + 1, with: [model.merges[rank].result])
    }
  }

  @Test func manyThreadsMayEncode() async throws {
    let tokenizer = try tokenizer("wordpiece")
    let text = try String(contentsOfFile: golden("training.txt"), encoding: .utf8)
    let expected = tokenizer.encode(text)
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<16 { group.addTask { tokenizer.encode(text) == expected } }
      for await isSame in group { #expect(isSame) }
    }
  }

  @Test func longWordsDoNotTakeQuadraticTime() throws {
    let bytes = [UInt8](repeating: UInt8(ascii: "e"), count: 1 << 20)
    #expect(try tokenizer("bpe").decodeBytes(tokenizer("bpe").plainIDs(bytes)) == bytes)
    #expect(try tokenizer("wordpiece").plainIDs(bytes).count == 1)
    let marks = Array("a".utf8) + (0..<1 << 18).flatMap { _ in Array("\u{301}".utf8) }
    #expect(try tokenizer("wordpiece").plainIDs(marks).count == 1)
  }

  @Test func namesTokens() throws {
    let tokenizer = try tokenizer("added")
    #expect(tokenizer.id(of: "[CLS]") == 2)
    #expect(tokenizer.token(of: 2) == "[CLS]")
    #expect(tokenizer.isSpecial(2))
    #expect(tokenizer.token(of: -1) == nil)
    #expect(tokenizer.token(of: 1 << 20) == nil)
    #expect(tokenizer.id(of: "no such token") == nil)
    #expect(tokenizer.decode([-5, 1 << 30, 2]) == "")
    #expect(tokenizer.vocabularySize == tokenizer.model.vocabulary.count + 4)
  }
}
