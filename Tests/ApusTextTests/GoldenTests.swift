import ApusFiles
import Foundation
import Testing

@testable import ApusText

/// Ids, offsets and text as Hugging Face tokenizers give them.
@Suite struct GoldenTests {
  static let names = [
    "bpe", "bpe-prefix", "wordpiece", "wordpiece-cased", "character", "added", "bpe-suffix",
    "bpe-prefix-mark", "bpe-fallback", "bpe-ignoring", "bpe-words", "bpe-words-digit", "roberta",
    "word", "word-split", "unigram", "unigram-first", "unigram-whole", "unigram-bytes",
  ]

  @Test(arguments: names) func agreesWithHuggingFace(_ name: String) throws {
    let tokenizer = try Tokenizer(contentsOf: golden("\(name).tokenizer.json"))
    try check(tokenizer, name)
  }

  @Test(arguments: names) func agreesAfterSavingAndReading(_ name: String) throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/tokenizer.json"
    let tokenizer = try Tokenizer(contentsOf: golden("\(name).tokenizer.json"))
    try tokenizer.save(to: path)
    let again = try Tokenizer(contentsOf: directory.path)
    #expect(again.fingerprint == tokenizer.fingerprint)
    try check(again, name)
  }

  private func check(_ tokenizer: Tokenizer, _ name: String) throws {
    let cases = try JSONField(contentsOf: golden("\(name).cases.json")).array()
    #expect(cases.count >= 6)
    for item in cases {
      let text = try item["text"].string()
      let place = Comment(rawValue: "\(name): \(text.debugDescription)")
      let ids = try item["ids"].ids
      guard item["pair"].isNull else {
        let encoding = tokenizer.encode(text, try item["pair"].string())
        #expect(encoding.ids == ids, place)
        #expect(try encoding.typeIDs == item["type_ids"].ids, place)
        continue
      }
      #expect(tokenizer.encode(text).ids == ids, place)
      let plain = tokenizer.encode(text, addsSpecialTokens: false)
      #expect(try plain.ids == item["plain"].ids, place)
      #expect(tokenizer.plainIDs(text.utf8) == plain.ids, place)
      #expect(tokenizer.decode(ids).utf8.elementsEqual(try item["decoded"].string().utf8), place)
      let whole = try item["decoded_all"].string()
      #expect(
        tokenizer.decode(ids, skippingSpecialTokens: false).utf8.elementsEqual(whole.utf8), place)
      guard !item["offsets"].isNull else { continue }
      // The golden's offsets cover whole characters, so ours are widened to these.
      let offsets = try item["offsets"].array().map { pair in
        let ends = try pair.ids
        return Int(ends[0])..<Int(ends[1])
      }
      #expect(plain.offsets.map { widened($0, in: text) } == offsets, place)
    }
  }

  private func widened(_ range: Range<Int>, in text: String) -> Range<Int> {
    let bytes = Array(text.utf8)
    var (low, high) = (range.lowerBound, range.upperBound)
    while low > 0, low < bytes.count, bytes[low] & 0xC0 == 0x80 { low -= 1 }
    while high < bytes.count, high > 0, bytes[high] & 0xC0 == 0x80 { high += 1 }
    return low..<high
  }

  @Test(.enabled(if: sharedData != nil, "needs \(sharedDataPath)"))
  func agreesOnSharedData() throws {
    let data = try #require(sharedData)
    let vocabularies = "\(data)/tokenizers"
    let bert = "\(vocabularies)/bert_base_uncased/bert-vocab.txt"
    let tokenizers = [
      "bert": try Tokenizer(bertVocabulary: bert),
      "bert-cased": try Tokenizer(
        bertVocabulary: bert, normalizer: BERTNormalizer(lowercases: false)),
      "gpt2": try Tokenizer(
        gpt2Vocabulary: "\(vocabularies)/gpt2/gpt2-vocab.json",
        merges: "\(vocabularies)/gpt2/gpt2-merges.txt"),
    ]
    for item in try JSONField(contentsOf: golden("shared.json")).array() {
      let (file, name) = (try item["file"].string(), try item["tokenizer"].string())
      let tokenizer = try #require(tokenizers[name])
      let lines = try contents(of: "\(data)/\(file)").split(
        separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      let blockLength = try item["lines"].integer(in: 1...lines.count)
      let hashes = try item["hashes"].string().split(separator: " ")
      #expect(hashes.count == (lines.count + blockLength - 1) / blockLength)
      for (block, expected) in hashes.enumerated() {
        let range = block * blockLength..<min(lines.count, (block + 1) * blockLength)
        // A block of all lines stands for the text as a whole.
        let texts =
          hashes.count == 1 ? [Array(lines.joined(separator: [10]))] : lines[range].map(Array.init)
        let found = hash(of: texts.map(tokenizer.plainIDs))
        #expect(
          found == expected,
          "\(file), \(name): ids of lines \(range.lowerBound + 1) to \(range.upperBound)")
      }
    }
  }

  /// FNV-1a of 64 bits over ids, -1 behind each list, folded to 32 bits.
  private func hash(of lists: [[Int32]]) -> String {
    var state: UInt64 = 0xCBF2_9CE4_8422_2325
    for id in lists.lazy.map({ $0 + [-1] }).joined() {
      state = (state ^ UInt64(UInt32(bitPattern: id))) &* 0x0000_0100_0000_01B3
    }
    let digits = String(UInt32(truncatingIfNeeded: state >> 32 ^ state), radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  /// 10,570 questions with the ids that BERT's own tokenizer gave.
  @Test(.enabled(if: sharedData != nil, "needs \(sharedDataPath)"))
  func agreesWithBERTOnQuestions() throws {
    let folder = "\(try #require(sharedData))/tokenizers/bert_base_uncased"
    let tokenizer = try Tokenizer(bertVocabulary: "\(folder)/bert-vocab.txt")
    func json(_ name: String) throws -> [JSONField] {
      try contents(of: "\(folder)/\(name)").withUnsafeBufferPointer {
        try JSONField(JSONValue(parsing: $0, file: name), file: name).array()
      }
    }
    let questions = try json("question_tokens.json.gz")
    let expected = try json("tokenized_questions.json.gz")
    #expect(questions.count == expected.count && questions.count > 10_000)
    for (question, ids) in zip(questions, expected) {
      let text = try question["original"].string()
      #expect(tokenizer.plainIDs(text.utf8) == (try ids.ids), Comment(rawValue: text))
    }
  }
}
