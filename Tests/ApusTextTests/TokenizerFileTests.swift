import ApusFiles
import Foundation
import Testing

@testable import ApusText

@Suite struct TokenizerFileTests {
  /// A small tokenizer.json, with places to put something else in.
  private func json(
    tokens: String = "[]", normalizer: String = "null",
    preTokenizer: String =
      #"{"type": "ByteLevel", "add_prefix_space": false}"#, postProcessor: String = "null",
    decoder: String = "null", model: String = "",
    vocabulary: String = #"{"a": 0, "b": 1, "ab": 2}"#, merges: String = #"["a b"]"#
  ) -> String {
    let body =
      model.isEmpty
      ? #"{"type": "BPE", "vocab": \#(vocabulary), "merges": \#(merges)}"# : model
    return """
      {"version": "1.0", "added_tokens": \(tokens), "normalizer": \(normalizer),
       "pre_tokenizer": \(preTokenizer), "post_processor": \(postProcessor), "decoder": \(decoder),
       "model": \(body)}
      """
  }

  private func read(_ text: some Sequence<UInt8>) throws -> Tokenizer {
    let directory = try TemporaryDirectory()
    return try Tokenizer(contentsOf: directory.write(text, to: "tokenizer.json"))
  }

  @Test func readsTheSmallestFile() throws {
    #expect(try read(json().utf8).plainIDs("abba".utf8) == [2, 1, 0])
  }

  /// Rows of 64 steps, and unknown tokens that no byte needs.
  @Test func takesWhatJustFits() throws {
    let step = #"{"type": "Lowercase"}"#
    let steps = Array(repeating: step, count: 64).joined(separator: ", ")
    let row = #"{"type": "Sequence", "normalizers": [\#(steps)]}"#
    #expect(try read(json(normalizer: row).utf8).plainIDs("ABBA".utf8) == [2, 1, 0])
    let bytes = ByteAlphabet.scalars.map { String($0) }
    let model = try ByteLevelBPE(Vocabulary(bytes), merges: [], unknownToken: "<unk>")
    #expect(try read(Tokenizer(gpt2: model).json.text.utf8).plainIDs("!".utf8) == [33])
    #expect(throws: InputError.self) {
      try ByteLevelBPE(Vocabulary(Array(bytes.dropLast())), merges: [], unknownToken: "<unk>")
    }
  }

  @Test func refusesWhatDoesNotFit() throws {
    let nested = String(repeating: "[", count: 200_000)
    let wordPiece = { (vocabulary: String) in
      #"{"type": "WordPiece", "unk_token": "[UNK]", "vocab": \#(vocabulary)}"#
    }
    let bpe = { (member: String) in
      #"{"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"], \#(member)}"#
    }
    let byteLevelFirst = #"""
      {"type": "Sequence", "pretokenizers": [{"type": "ByteLevel"}, {"type": "Whitespace"}]}
      """#
    // Each doubles the text.
    let doublings =
      "["
      + Array(
        repeating: #"{"type": "Replace", "pattern": {"String": "a"}, "content": "aa"}"#, count: 40
      ).joined(separator: ", ") + "]"
    let many = { (step: String, count: Int) in
      "[" + Array(repeating: step, count: count).joined(separator: ", ") + "]"
    }
    let row = { (key: String, steps: String) in #"{"type": "Sequence", "\#(key)": \#(steps)}"# }
    let first = #"{"Sequence": {"id": "A", "type_id": 0}}"#
    let template = { (single: String) in
      #"{"type": "TemplateProcessing", "single": \#(single), "pair": [], "special_tokens": {}}"#
    }
    // An id in one of the two places that no token has.
    let special = { (single: Int, pair: Int) in
      #"""
      {"type": "TemplateProcessing",
       "single": [{"SpecialToken": {"id": "x", "type_id": 0}}, \#(first)],
       "pair": [{"SpecialToken": {"id": "y", "type_id": 0}}, \#(first),
                {"Sequence": {"id": "B", "type_id": 0}}],
       "special_tokens": {"x": {"ids": [\#(single)]}, "y": {"ids": [\#(pair)]}}}
      """#
    }
    let files: [(String, names: String)] = [
      ("", "a digit"), ("{", "\""), ("[]", "model.vocab"), ("null", "model.vocab"),
      (nested, "nesting"), (json(normalizer: nested), "nesting"),
      (json(vocabulary: #"{"a": 0, "a": 1}"#, merges: "[]"), "twice"),
      (json(vocabulary: #"{"a": 0, "b": 0}"#, merges: "[]"), "two tokens"),
      (json(vocabulary: #"{"a": -1}"#, merges: "[]"), "ids"),
      (json(vocabulary: #"{"a": 4000000000}"#, merges: "[]"), "ids"),
      (json(vocabulary: #"{"a": 99999999999999999999}"#, merges: "[]"), "integer"),
      (json(vocabulary: #"{"a": "0"}"#, merges: "[]"), "integer"),
      (json(vocabulary: "[]"), "model.vocab"), (json(merges: "{}"), "model.merges"),
      (json(merges: #"["a c"]"#), "merges[0]"), (json(merges: #"["a b", "b a"]"#), "merges[1]"),
      (json(merges: #"["ab"]"#), "merges[0]"), (json(merges: #"["a b c"]"#), "merges[0]"),
      (json(merges: "[[1, 2]]"), "merges[0]"), (json(merges: #"[["a"]]"#), "merges[0]"),
      (json(model: wordPiece(#"{"[UNK]": 0}"#)), "model.type"),
      (json(preTokenizer: byteLevelFirst), "pre_tokenizer.pretokenizers"),
      (json(preTokenizer: #"{"type": "Split", "pattern": {"Regex": "(a+)+b"}}"#), "pattern.Regex"),
      (json(preTokenizer: #"{"type": "Split", "pattern": {"String": "a"}}"#), "behavior"),
      (json(preTokenizer: #"{"type": "Punctuation", "behavior": "x"}"#), "behavior"),
      (json(preTokenizer: #"{"type": "CharDelimiterSplit", "delimiter": "ab"}"#), "delimiter"),
      (json(preTokenizer: #"{"type": "Sequence", "pretokenizers": 5}"#), "pretokenizers"),
      (
        json(normalizer: #"{"type": "Sequence", "normalizers": [{"type": "X"}]}"#), "normalizers[0]"
      ),
      (json(normalizer: #"{"type": "Replace", "pattern": {}, "content": ""}"#), "pattern.String"),
      (json(normalizer: #"{"type": "Prepend"}"#), "normalizer.prepend"),
      (json(normalizer: #"{"type": "Sequence", "normalizers": \#(doublings)}"#), "times longer"),
      (json(decoder: #"{"type": "Sequence", "decoders": \#(doublings)}"#), "times longer"),
      (json(postProcessor: template("[\(first), \(first)]")), "post_processor.single"),
      (json(postProcessor: template("[]")), "post_processor.single"),
      (json(postProcessor: special(9, 0)), "id 9"), (json(postProcessor: special(0, 9)), "id 9"),
      (
        json(normalizer: row("normalizers", many(#"{"type": "BertNormalizer"}"#, 100_000))),
        "at most 64 steps"
      ),
      (
        json(
          normalizer: row(
            "normalizers",
            many(row("normalizers", many(#"{"type": "BertNormalizer"}"#, 12)), 5))),
        "at most 64 steps"
      ),
      (
        json(preTokenizer: row("pretokenizers", many(#"{"type": "Whitespace"}"#, 65))),
        "at most 64 steps"
      ),
      (json(decoder: row("decoders", many(#"{"type": "Fuse"}"#, 65))), "at most 64 steps"),
      (json(postProcessor: row("processors", many(#"{"type": "ByteLevel"}"#, 65))), "at most 64"),
      (json(model: bpe(#""unk_token": "?""#)), "unknown token"),
      (
        json(postProcessor: #"{"type": "BertProcessing", "cls": ["a", 0], "sep": ["x", 9]}"#),
        "id 9"
      ),
      (json(preTokenizer: "null", model: bpe(#""unk_token": "?""#)), "unknown token"),
      (json(preTokenizer: "null", model: bpe(#""dropout": 1.5"#)), "dropout"),
      (json(preTokenizer: "null", model: bpe(#""continuing_subword_prefix": "@""#)), "merges[0]"),
      (json(model: bpe(#""end_of_word_suffix": "</w>""#)), "end_of_word_suffix"),
      (json(model: bpe(#""byte_fallback": true"#)), "byte_fallback"),
      (json(preTokenizer: #"{"type": "Nothing"}"#), "pre_tokenizer.type"),
      (json(normalizer: #"{"type": "NFKX"}"#), "normalizer.type"),
      (json(preTokenizer: #"{"type": "Metaspace", "replacement": "ab"}"#), "replacement"),
      (json(normalizer: "7"), "normalizer.type"),
      (json(preTokenizer: "null", model: wordPiece("{}")), "unknown token"),
      (json(preTokenizer: "null", model: wordPiece(#"{"[UNK]": 1.5}"#)), "integer"),
      (json(tokens: "{}"), "added_tokens"),
      (json(tokens: #"[{"id": 7}]"#), "added_tokens[0].content"),
      (json(tokens: #"[{"id": -1, "content": "x"}]"#), "added_tokens[0].id"),
      (json(tokens: #"[{"id": 1, "content": "x"}]"#), "added tokens"),
      (json(tokens: #"[{"id": 9, "content": "a"}]"#), "added tokens"),
      (json(tokens: #"[{"id": 9, "content": ""}]"#), "added_tokens[0].content"),
      (json(tokens: #"[{"id": 9, "content": "x"}, {"id": 9, "content": "y"}]"#), "added tokens"),
      (json() + "x", "end"), (json().replacingOccurrences(of: "1.0", with: "\\ud800"), "surrogate"),
    ]
    for (text, name) in files {
      do {
        _ = try read(text.utf8)
        Issue.record("took \(text.prefix(300))")
      } catch let error as InputError {
        #expect(error.file?.hasSuffix("tokenizer.json") == true)
        #expect(error.description.contains(name), "\(error)")
      }
    }
    #expect(throws: InputError.self) { try read(json().utf8 + [0xFF]) }
  }

  @Test(arguments: [
    "bpe", "wordpiece", "character", "added", "bpe-suffix", "bpe-fallback", "roberta", "word",
  ])
  func damagedFilesGiveErrors(_ name: String) throws {
    let whole = try Array(Data(contentsOf: URL(filePath: golden("\(name).tokenizer.json"))))
    // Without most of the vocabulary, so that damage hits every kind of place.
    let small = name == "bpe" ? Array(json(tokens: #"[{"id": 3, "content": "<x>"}]"#).utf8) : whole
    var random = TestRandom(state: 6)
    let pieces = [
      "\"", "{", "}", "[", "]", ",", ":", "null", "-1", "1e999", "99999999999", "\\u0000", "true",
      "\\", "[[[[[[", "0.5", "\"type\"", "\u{0}", "é",
    ].map { Array($0.utf8) }
    var (read, refused) = (0, 0)
    for _ in 0..<800 {
      var bytes = small
      for _ in 0...random.next() % 3 where !bytes.isEmpty {
        let place = Int(random.next() % UInt64(bytes.count))
        let end = min(bytes.count, place + Int(random.next() % 6))
        switch random.next() % 5 {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes.removeSubrange(place..<end)
        case 2:
          bytes.replaceSubrange(
            place..<end, with: pieces[Int(random.next() % UInt64(pieces.count))])
        case 3: bytes[place] ^= 1 << UInt8(random.next() % 8)
        default:
          if random.next() % 8 == 0 { bytes.removeSubrange(place...) }
        }
      }
      do {
        let value = try bytes.withUnsafeBufferPointer {
          try JSONValue(parsing: $0, file: "damaged")
        }
        let tokenizer = try Tokenizer(JSONField(value, file: "damaged"))
        let text = "The café [MASK] <x> ab"
        let ids = tokenizer.encode(text).ids
        #expect(ids.allSatisfy { 0..<tokenizer.vocabularySize ~= Int($0) })
        _ = tokenizer.decode(ids)
        _ = try? tokenizer.windows(of: text, text, limit: Truncation(maximumLength: 9, stride: 1))
        read += 1
      } catch let error as InputError {
        #expect(error.file == "damaged")
        refused += 1
      }
    }
    #expect(read > 10)
    #expect(refused > 100)
  }

  /// Damage in each step's description, which is small beside a vocabulary.
  @Test func damagedStepsGiveErrors() throws {
    let file = try JSONField(contentsOf: golden("pipeline.json"))
    var random = TestRandom(state: 8)
    var (read, refused) = (0, 0)
    let pieces = [
      "\"", "{", "}", "[", "]", ",", ":", "null", "-1", "\\ud800", "true", "é", "Regex",
    ]
    let parts = [
      ("normalizers", "normalizer"), ("pre_tokenizers", "pre_tokenizer"), ("decoders", "decoder"),
    ]
    for (key, member) in parts {
      for config in try file[key].array() {
        let whole = Array(config["config"].value.text.utf8)
        for _ in 0..<60 {
          var bytes = whole
          let place = Int(random.next() % UInt64(bytes.count))
          let end = min(bytes.count, place + Int(random.next() % 5))
          switch random.next() % 3 {
          case 0: bytes[place] ^= 1 << UInt8(random.next() % 8)
          case 1: bytes.removeSubrange(place..<end)
          default:
            let piece = pieces[Int(random.next() % UInt64(pieces.count))]
            bytes.replaceSubrange(place..<end, with: piece.utf8)
          }
          let head = #"{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}, ""#
          let text = Array((head + member + "\": ").utf8) + bytes + Array("}".utf8)
          do {
            let value = try text.withUnsafeBufferPointer {
              try JSONValue(parsing: $0, file: "damaged")
            }
            let tokenizer = try Tokenizer(JSONField(value, file: "damaged"))
            _ = tokenizer.decode(tokenizer.encode("a - aé 1\t2 a").ids)
            read += 1
          } catch let error as InputError {
            #expect(error.file == "damaged")
            refused += 1
          }
        }
      }
    }
    #expect(read > 500)
    #expect(refused > 1000)
  }

  /// Merges that lead back to a token end, as each takes a part away.
  @Test func cyclicMergesEnd() throws {
    let model = #"""
      {"type": "BPE", "vocab": {"a": 0, "": 1, "aa": 2}, "merges": [["a", ""], ["", "a"], ["a", "a"],
       ["", ""], ["aa", ""]]}
      """#
    for preTokenizer in ["null", #"{"type": "ByteLevel", "add_prefix_space": false}"#] {
      let tokenizer = try read(json(preTokenizer: preTokenizer, model: model).utf8)
      #expect(tokenizer.plainIDs("aaaa".utf8) == [2, 2])
    }
  }

  @Test func readsVocabularyFiles() throws {
    let directory = try TemporaryDirectory()
    let vocabulary = (Tokenizer.bertSpecialTokens + ["the", "cat", "##s", "é"]).joined(
      separator: "\r\n")
    _ = try directory.write(vocabulary + "\r\n", to: "bert/vocab.txt")
    let bert = try Tokenizer(contentsOf: "\(directory.path)/bert")
    #expect(bert.encode("The cats").ids == [2, 5, 6, 7, 3])
    _ = try directory.write(#"{"a": 0, "b": 1, "Ġ": 2, "ab": 3, "Ġab": 4}"#, to: "gpt/vocab.json")
    _ = try directory.write("#version: 0.2\na b\nĠ ab\n", to: "gpt/merges.txt")
    let gpt = try Tokenizer(contentsOf: "\(directory.path)/gpt")
    #expect(gpt.plainIDs("ab ab".utf8) == [3, 4])
    _ = try directory.write("#version: 0.2\na b\nb b\n", to: "gpt/merges.txt")
    do {
      _ = try Tokenizer(contentsOf: "\(directory.path)/gpt")
      Issue.record("took a merge of unknown tokens")
    } catch let error as InputError {
      #expect(error.row == 3)
    }
    _ = try directory.write("[PAD]\n[UNK]\n", to: "bert/vocab.txt")
    #expect(throws: InputError.self) { try Tokenizer(contentsOf: "\(directory.path)/bert") }
    _ = try directory.write([0x61, 0x0A, 0xFF, 0x0A], to: "bert/vocab.txt")
    #expect(throws: InputError.self) { try Tokenizer(contentsOf: "\(directory.path)/bert") }
    #expect(throws: InputError.self) { try Tokenizer(contentsOf: directory.path) }
    #expect(throws: FileError.self) { try Tokenizer(contentsOf: "\(directory.path)/none") }
  }

  /// Tokens that are canonically equivalent are different tokens.
  @Test func tellsEquivalentSpellingsApart() throws {
    let vocabulary = try Vocabulary(["\u{C5}", "\u{212B}", "A\u{30A}"])
    let lexicon = Tokenizer(
      try Tokenizer(preTokenizer: CharacterPreTokenizer(), model: Lexicon(vocabulary)))
    #expect(lexicon.plainIDs("\u{212B}\u{C5}".utf8) == [1, 0])
    #expect(lexicon.id(of: "A\u{30A}") == 2)
  }
}

extension Tokenizer {
  /// The tokenizer after a way through its file format.
  fileprivate init(_ tokenizer: Tokenizer) {
    var text = tokenizer.json.text
    do {
      self = try Tokenizer(
        JSONField(text.withUTF8 { try JSONValue(parsing: $0, file: "copy") }, file: "copy"))
    } catch {
      fatalError("\(error)")
    }
  }
}
