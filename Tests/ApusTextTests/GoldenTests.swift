import ApusFiles
import Foundation
import Testing

@testable import ApusText

/// Ids, offsets and text as Hugging Face tokenizers give them.
@Suite struct GoldenTests {
  static let names = [
    "bpe", "bpe-prefix", "wordpiece", "wordpiece-cased", "character", "added", "bpe-suffix",
    "bpe-prefix-mark", "bpe-fallback", "bpe-ignoring", "roberta", "word", "word-split", "unigram",
    "unigram-first", "unigram-whole", "unigram-bytes",
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

  @Test(.enabled(if: sharedData != nil, "needs ../shared/data"))
  func agreesOnSharedData() throws {
    let data = try #require(sharedData)
    let vocabularies = "\(data)/tokenizers"
    let bert = "\(vocabularies)/bert_base_uncased/bert-vocab.txt"
    let tokenizers = [
      "bert": try Tokenizer(bertVocabulary: bert),
      "bert-cased": try Tokenizer(bertVocabulary: bert, lowercases: false),
      "gpt2": try Tokenizer(
        gpt2Vocabulary: "\(vocabularies)/gpt2/gpt2-vocab.json",
        merges: "\(vocabularies)/gpt2/gpt2-merges.txt"),
    ]
    let files = [
      "naughty_strings": "naughty_strings/blns.txt",
      "war_and_peace": "war_and_peace/warandpeace.txt.gz",
      "multi30k.de": "multi30k/task1/raw/val.de.gz", "multi30k.fr": "multi30k/task1/raw/val.fr.gz",
      "multi30k.cs": "multi30k/task1/raw/val.cs.gz",
    ]
    for (key, expected) in try JSONField(contentsOf: golden("shared.json")).members() {
      let words = key.split(separator: " ")
      let tokenizer = try #require(tokenizers[String(words[words.count - 1])])
      let bytes = try contents(of: "\(data)/\(try #require(files[String(words[0])]))")
      let parts =
        words.count == 3
        ? [bytes[...]] : bytes.split(separator: 10, omittingEmptySubsequences: false)
      let hash = idHash(parts.map { tokenizer.plainIDs($0) })
      let field = JSONField(expected, file: "shared.json", path: key)
      #expect(try String(hash) == field["hash"].string(), Comment(rawValue: key))
    }
  }
}
