import ApusFiles
import Foundation
import Testing

@testable import ApusText

/// BERT's `vocab.txt` and GPT-2's `vocab.json` and `merges.txt`, out, in, and damaged.
@Suite struct VocabularyFileTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func tokenizer(_ name: String) throws -> Tokenizer {
    try Tokenizer(contentsOf: golden("\(name).tokenizer.json"))
  }

  @Test(arguments: ["wordpiece", "wordpiece-cased"])
  func vocabulariesOfBERTComeBack(_ name: String) throws {
    let tokenizer = try tokenizer(name)
    let vocabulary = "\(directory.path)/vocab.txt"
    let lowercases = name == "wordpiece"
    // Without a word about case, a vocabulary is taken for a lower-casing one.
    if lowercases {
      try tokenizer.save(to: vocabulary)
      #expect(try Tokenizer(contentsOf: vocabulary).fingerprint == tokenizer.fingerprint)
    } else {
      #expect(throws: InputError.self) { try tokenizer.save(to: vocabulary) }
    }
    _ = try directory.write(#"{"do_lower_case": \#(lowercases)}"#, to: "tokenizer_config.json")
    try tokenizer.save(to: vocabulary)
    for path in [directory.path, vocabulary] {
      #expect(try Tokenizer(contentsOf: path).fingerprint == tokenizer.fingerprint)
    }
    _ = try directory.write(#"{"do_lower_case": 1}"#, to: "tokenizer_config.json")
    for path in [directory.path, vocabulary] {
      #expect(throws: InputError.self) { try Tokenizer(contentsOf: path) }
    }
  }

  /// Ids and offsets as of `RobertaTokenizer` of Transformers, with the mask of the published
  /// RoBERTa models, which takes the space before it.
  @Test func directoriesOfRoBERTaGiveItsIDs() throws {
    _ = try directory.write(
      #"{"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "a": 4, "b": 5, "Ġ": 6, "ab": 7, "Ġab": 8, "#
        + #""<mask>": 9}"#, to: "vocab.json")
    _ = try directory.write("#version: 0.2\na b\nĠ ab\n", to: "merges.txt")
    let read = { try Tokenizer(contentsOf: directory.path) }
    #expect(try read().encode("ab ab").ids == [7, 8])
    _ = try directory.write(#"{"model_type": "roberta"}"#, to: "config.json")
    let tokenizer = try read()
    #expect(tokenizer.encode("ab ab <mask> b").ids == [0, 7, 8, 9, 6, 5, 2])
    let pair = tokenizer.encode("ab", "ab b")
    #expect(pair.ids == [0, 7, 2, 2, 7, 6, 5, 2])
    #expect(pair.offsets == [0..<0, 0..<2, 0..<0, 0..<0, 0..<2, 3..<3, 3..<4, 0..<0])
    #expect(tokenizer.decode(pair.ids) == "abab b")
    _ = try directory.write(#"{"add_prefix_space": true}"#, to: "tokenizer_config.json")
    #expect(try read().encode("ab").ids == [0, 8, 2])
    // The class of the tokenizer goes before the type of the model.
    _ = try directory.write(#"{"tokenizer_class": "GPT2Tokenizer"}"#, to: "tokenizer_config.json")
    #expect(try read().encode("ab").ids == [7])
    _ = try directory.write(#"{"tokenizer_class": "CLIPTokenizer"}"#, to: "tokenizer_config.json")
    #expect(throws: InputError.self) { try read() }
    _ = try directory.write("{}", to: "tokenizer_config.json")
    _ = try directory.write(#"{"<mask>": 9}"#, to: "added_tokens.json")
    #expect(try read().encode("ab").ids == [0, 7, 2])
    for added in [#"{"ab": 7}"#, #"{"<new>": 10}"#, #"{"<mask>": 8}"#] {
      _ = try directory.write(added, to: "added_tokens.json")
      let error = #expect(throws: InputError.self) { try read() }
      #expect(error?.file?.hasSuffix("added_tokens.json") == true)
      #expect(error?.expected.contains("save_pretrained") == true)
    }
    _ = try directory.write(#"{"<s>": 0, "a": 1}"#, to: "vocab.json")
    _ = try directory.write("", to: "merges.txt")
    #expect(throws: InputError.self) { try read() }
  }

  @Test(arguments: ["xlm-roberta", "camembert", "albert"])
  func modelsWithTablesOfTheirOwnNeedTheWholeFile(_ type: String) throws {
    try Tokenizer(contentsOf: golden("sentencepiece.nmt.model"))
      .save(to: "\(directory.path)/spiece.model")
    _ = try Tokenizer(contentsOf: directory.path)
    _ = try directory.write(#"{"model_type": "\#(type)"}"#, to: "config.json")
    let error = #expect(throws: InputError.self) { try Tokenizer(contentsOf: directory.path) }
    #expect(error?.expected.contains("save_pretrained") == true)
    try tokenizer("unigram").save(to: "\(directory.path)/tokenizer.json")
    _ = try Tokenizer(contentsOf: directory.path)
  }

  @Test func filesOfGPT2ComeBack() throws {
    let tokenizer = try tokenizer("bpe")
    try saveGPT2(tokenizer)
    #expect(try Tokenizer(contentsOf: directory.path).fingerprint == tokenizer.fingerprint)
  }

  private func saveGPT2(_ tokenizer: Tokenizer) throws {
    try tokenizer.saveGPT2(
      vocabulary: "\(directory.path)/vocab.json", merges: "\(directory.path)/merges.txt")
  }

  @Test func whatFilesCantHoldIsRefused() throws {
    for name in ["bpe", "word", "added", "unigram", "wordpiece-cased"] {
      #expect(throws: InputError.self, "\(name)") {
        try tokenizer(name).save(to: "\(directory.path)/vocab.txt")
      }
    }
    for name in ["wordpiece", "bpe-ignoring", "bpe-suffix", "bpe-prefix", "roberta"] {
      #expect(throws: InputError.self, "\(name)") { try saveGPT2(tokenizer(name)) }
    }
    var more = try tokenizer("wordpiece").addedTokens
    more[0].stripsLeft = true
    let wordpiece = try tokenizer("wordpiece")
    let changed = try [
      Tokenizer(
        normalizer: wordpiece.normalizer, preTokenizer: wordpiece.preTokenizer,
        model: wordpiece.model, postProcessor: wordpiece.postProcessor, decoder: wordpiece.decoder,
        addedTokens: more),
      Tokenizer(
        normalizer: wordpiece.normalizer, preTokenizer: WhitespacePreTokenizer(),
        model: wordpiece.model, postProcessor: wordpiece.postProcessor, decoder: wordpiece.decoder,
        addedTokens: wordpiece.addedTokens),
    ]
    for tokenizer in changed {
      #expect(throws: InputError.self) { try tokenizer.save(to: "\(directory.path)/vocab.txt") }
    }
    for odd in ["a\nb", "a\r"] {
      let vocabulary = try Vocabulary(Tokenizer.bertSpecialTokens + [odd])
      #expect(throws: InputError.self) {
        try Tokenizer(bert: vocabulary).save(to: "\(directory.path)/vocab.txt")
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [])
  }

  @Test(.enabled(if: sharedData != nil, "needs \(sharedDataPath)"))
  func realVocabulariesComeBackAsTheyWere() throws {
    let data = try #require(sharedData)
    let bert = "\(data)/tokenizers/bert_base_uncased/bert-vocab.txt"
    try Tokenizer(contentsOf: bert).save(to: "\(directory.path)/vocab.txt")
    #expect(try contents(of: "\(directory.path)/vocab.txt") == contents(of: bert))
    let gpt2 = "\(data)/tokenizers/gpt2/gpt2"
    let tokenizer = try Tokenizer(
      gpt2Vocabulary: "\(gpt2)-vocab.json", merges: "\(gpt2)-merges.txt")
    try saveGPT2(tokenizer)
    func lines(_ path: String) throws -> [ArraySlice<UInt8>] {
      let lines = try contents(of: path).split(separator: UInt8(ascii: "\n"))
      return Array(lines.drop { $0.starts(with: "#version".utf8) })
    }
    let merges = try lines("\(gpt2)-merges.txt")
    #expect(merges.count == 50_000)
    #expect(try lines("\(directory.path)/merges.txt") == merges)
  }

  @Test func repeatedTokensAreNamedByLine() throws {
    let lines = Tokenizer.bertSpecialTokens + ["a", "b", "a"]
    let path = try directory.write(lines.joined(separator: "\n"), to: "vocab.txt")
    let error = #expect(throws: InputError.self) { try Tokenizer(contentsOf: path) }
    #expect(error?.row == 8 && error?.file == path)
  }

  @Test func damagedVocabulariesOfBERTGiveErrors() throws {
    try tokenizer("wordpiece").save(to: "\(directory.path)/vocab.txt")
    let whole = try contents(of: "\(directory.path)/vocab.txt")
    // The special tokens alone too, so that damage hits them.
    let small = Array(Tokenizer.bertSpecialTokens.joined(separator: "\n").utf8) + Array("\na".utf8)
    try feedMutants(of: [whole, small], as: "vocab.txt", count: 2000) {
      try Tokenizer(contentsOf: "\(directory.path)/vocab.txt")
    }
  }

  @Test(arguments: ["vocab.json", "merges.txt"])
  func damagedFilesOfGPT2GiveErrors(_ name: String) throws {
    try saveGPT2(tokenizer("bpe"))
    let whole = try contents(of: "\(directory.path)/\(name)")
    let small =
      Array(whole.prefix(name == "merges.txt" ? 60 : 200)) + (name == "merges.txt" ? [] : [0x7D])
    try feedMutants(of: [whole, small], as: name, count: 2000) {
      try Tokenizer(contentsOf: directory.path)
    }
  }

  /// Damages files, and wants of each a tokenizer that works, or an error that names the file.
  private func feedMutants(
    of files: [[UInt8]], as name: String, count: Int, _ read: () throws -> Tokenizer
  ) throws {
    var random = TestRandom(state: 9)
    func below(_ bound: Int) -> Int { Int(random.next() % UInt64(max(1, bound))) }
    let parts = [
      "\n", "\r\n", " ", "  ", "##", "[UNK]\n", "\0", "é", "-1", "\"", "}", "{", ": 99999999999",
      "[[",
    ]
    var (accepted, refused) = (0, 0)
    for _ in 0..<count {
      var bytes = files[below(files.count)]
      for _ in 0...below(3) {
        let place = below(bytes.count)
        let end = min(bytes.count, place + below(9))
        switch below(6) {
        case 0 where !bytes.isEmpty: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes.removeSubrange(place..<end)
        case 2: bytes.replaceSubrange(place..<end, with: parts[below(parts.count)].utf8)
        case 3: bytes.insert(contentsOf: Array(bytes[place..<end]), at: below(bytes.count))
        case 4: bytes.removeSubrange(place...)
        default: bytes.swapAt(place, max(place, end - 1))
        }
      }
      let path = try directory.write(bytes, to: name)
      do {
        let tokenizer = try read()
        let ids = tokenizer.encode("The café's kettle [MASK] \0 x").ids
        _ = tokenizer.decode(ids)
        #expect(ids.allSatisfy { 0..<tokenizer.vocabularySize ~= Int($0) })
        accepted += 1
      } catch let error as InputError {
        #expect(error.file?.hasPrefix(directory.path) == true, "\(error)")
        refused += 1
      } catch let error as FileError {
        #expect(error.file == path)
        refused += 1
      }
    }
    #expect(accepted > count / 50 && refused > count / 50, "\(accepted) read, \(refused) refused")
  }
}
