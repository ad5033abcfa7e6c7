import ApusFiles
import Testing

@testable import ApusText

/// Each step as Hugging Face tokenizers do it; `Tests/Peers/tokenizers/pipeline.py` has the texts.
@Suite struct PipelineTests {
  private let file: JSONField
  private let texts: [String]

  init() throws {
    file = try JSONField(contentsOf: golden("pipeline.json"))
    texts = try file["texts"].array().map { try $0.string() }
  }

  /// Each case of a member of the file, with its place for messages.
  private func forEachCase(
    of key: String, _ body: (_ config: JSONField, _ results: [JSONField]) throws -> Void
  ) throws {
    let cases = try file[key].array()
    #expect(cases.count > 10)
    for item in cases { try body(item["config"], item["results"].array()) }
  }

  private func ranges(_ field: JSONField) throws -> [Range<Int>] {
    let ends = try field.ids
    return stride(from: 0, to: ends.count, by: 2).map { Int(ends[$0])..<Int(ends[$0 + 1]) }
  }

  @Test func normalizersAgree() throws {
    try forEachCase(of: "normalizers") { config, results in
      let normalizer = try #require(try Normalizers.read(config))
      let again = try #require(try Normalizers.read(JSONField(normalizer.json, file: "copy")))
      // Of what is put together they give the place of one part, we of all.
      let joins = ["NFC", "NFKC", "XX", "{2,}", "\\s+"].contains { config.value.text.contains($0) }
      for (text, result) in zip(texts, results) {
        let place = Comment(rawValue: "\(config.value.text) \(text.debugDescription)")
        let parts = try result.array()
        for normalizer in [normalizer, again] {
          let output = normalized(text, normalizer, tracking: true)
          #expect(output.bytes.elementsEqual(try parts[0].string().utf8), place)
          let offsets = scalarOrigins(of: output)
          let expected = try ranges(parts[1])
          #expect(offsets.count == expected.count, place)
          // Marks that change places take their origins with them here, but not there.
          guard !text.unicodeScalars.contains("\u{1E9B}") else { continue }
          for (ours, theirs) in zip(offsets, expected) {
            #expect(ours == theirs || joins && ours.contains(theirs), place)
          }
          let plain = normalized(text, normalizer, tracking: false)
          #expect(plain.bytes.elementsEqual(output.bytes), place)
        }
      }
    }
  }

  private func normalized(
    _ text: String, _ normalizer: any Normalizer, tracking: Bool
  ) -> AlignedText {
    let output = AlignedText()
    output.clear(tracking: tracking)
    var text = text
    text.withUTF8 { normalizer.normalize($0, into: output) }
    return output
  }

  private func scalarOrigins(of text: AlignedText) -> [Range<Int>] {
    var origins: [Range<Int>] = []
    var index = 0
    while index < text.count {
      let end = scalar(at: index, in: text.bytes).end
      origins.append(text.origin(of: index..<end))
      index = end
    }
    return origins
  }

  @Test func preTokenizersAgree() throws {
    try forEachCase(of: "pre_tokenizers") { config, results in
      let preTokenizer = try #require(try PreTokenizers.read(config))
      let again = try #require(try PreTokenizers.read(JSONField(preTokenizer.json, file: "copy")))
      let spellsBytes = config.value.text.contains("ByteLevel")
      for (text, result) in zip(texts, results) where !text.isEmpty {
        let place = Comment(rawValue: "\(config.value.text) \(text.debugDescription)")
        let parts = try result.array()
        let expected = try parts[0].array().map { try $0.string() }
        for preTokenizer in [preTokenizer, again] {
          let (pieces, offsets) = cut(text, preTokenizer)
          let spelled = pieces.map {
            spellsBytes ? ByteAlphabet.spelling($0) : String(decoding: $0, as: UTF8.self)
          }
          #expect(spelled.elementsEqual(expected) { $0.utf8.elementsEqual($1.utf8) }, place)
          #expect(offsets == (try ranges(parts[1])), place)
        }
      }
    }
  }

  private func cut(
    _ text: String, _ preTokenizer: any PreTokenizer
  ) -> (pieces: [[UInt8]], offsets: [Range<Int>]) {
    var text = text
    return text.withUTF8 { bytes in
      let output = AlignedText()
      output.clear(tracking: true)
      var pieces: [Range<Int>] = []
      guard preTokenizer.pieces(of: bytes, at: .start, into: &pieces, rewriting: output) else {
        return (pieces.map { Array(bytes[$0]) }, pieces)
      }
      return (pieces.map { Array(output.bytes[$0]) }, pieces.map(output.origin))
    }
  }

  @Test func decodersAgree() throws {
    let tokens = try file["tokens"].array().map { try $0.array().map { try $0.string() } }
    try forEachCase(of: "decoders") { config, results in
      let decoder = try #require(try TokenDecoders.read(config))
      let again = try #require(try TokenDecoders.read(JSONField(decoder.json, file: "copy")))
      for (tokens, result) in zip(tokens, results) where !result.isNull {
        for decoder in [decoder, again] {
          let text = decoder.decode(tokens)
          #expect(
            text.utf8.elementsEqual(try result.string().utf8),
            Comment(rawValue: "\(config.value.text) \(tokens): \(text.debugDescription)"))
        }
      }
    }
  }

  /// Long texts are cut into blocks, which must change nothing, wherever a cut comes to lie.
  @Test func blocksGiveWhatTheWholeDoes() throws {
    let odd = "e\u{301}\u{302}XXXe XX\u{1100}\u{1161}\u{11A8}-a e b\nXX ,,e-- "
    let long = [texts.joined(separator: " go on\nand on "), odd].map { part in
      String(repeating: part, count: 33_500 / part.utf8.count + 1).unicodeScalars
    }
    let vocabulary = try Vocabulary(
      (0..<0x3000).compactMap { Unicode.Scalar($0) }.map { String($0) } + ["[UNK]", "on", "go"])
    var preTokenizers: [JSONField] = []
    try forEachCase(of: "pre_tokenizers") { config, _ in preTokenizers.append(config) }
    var shift = 0
    func check(_ normalizer: (any Normalizer)?, _ name: String) throws {
      for preTokenizer in preTokenizers {
        let tokenizer = try Tokenizer(
          normalizer: normalizer, preTokenizer: PreTokenizers.read(preTokenizer),
          model: Lexicon(vocabulary))
        // Each text with every other pair of the two.
        let scalars = long[(shift + shift / preTokenizers.count) % long.count]
        let text = String(scalars.dropFirst(shift % 50))
        #expect(text.utf8.count > 1 << 15)
        let whole = tokenizer.encode(text, addsSpecialTokens: false).ids
        #expect(
          tokenizer.plainIDs(text.utf8) == whole,
          Comment(rawValue: "\(name) \(preTokenizer.value.text) \(shift % 50)"))
        shift += 1
      }
    }
    try check(nil, "none")
    try forEachCase(of: "normalizers") { config, _ in
      try check(Normalizers.read(config), config.value.text)
    }
    try check(PrecompiledNormalizer(characterMap()), "a character map")
  }

  /// What a normalizer looks at together is in one block, whatever the pre-tokenizer would cut.
  @Test func cutsPartNothingThatIsNormalizedTogether() throws {
    let vocabulary = try Vocabulary(
      (0..<0x200).compactMap { Unicode.Scalar($0) }.map { String($0) } + ["[UNK]"])
    let cases: [(any Normalizer, any PreTokenizer, unit: String)] = [
      (UnicodeNormalizer(.nfc), CharacterPreTokenizer(), "e\u{301}"),
      (UnicodeNormalizer(.nfkc), CharacterPreTokenizer(), "e\u{301}"),
      (PrecompiledNormalizer(try characterMap()), CharacterPreTokenizer(), "e\u{301}"),
      (ReplaceNormalizer(.string("XX"), with: "yyy"), CharacterPreTokenizer(), "XXa"),
      (ReplaceNormalizer(.string("e"), with: ""), ByteLevelPreTokenizer(), "x e e b "),
      (ReplaceNormalizer(.string("e"), with: " "), ByteLevelPreTokenizer(), "x e e b "),
    ]
    for (normalizer, preTokenizer, unit) in cases {
      let tokenizer = try Tokenizer(
        normalizer: normalizer, preTokenizer: preTokenizer, model: Lexicon(vocabulary))
      for shift in 0..<8 {
        let text =
          String(repeating: "z", count: shift) + String(repeating: unit, count: 1 << 14)
        let whole = tokenizer.encode(text, addsSpecialTokens: false).ids
        #expect(tokenizer.plainIDs(text.utf8) == whole, "\(normalizer) \(unit) \(shift)")
      }
    }
  }

  /// Ill-formed bytes vanish, become a space or U+FFFD, or stay.
  @Test func illFormedBytesBecomeWhatIsDocumented() throws {
    let map = try characterMap()
    let cases: [(any Normalizer, expected: [UInt8])] = [
      (BERTNormalizer(), []), (NMTNormalizer(), [0x20]),
      (PrecompiledNormalizer(map), [0xEF, 0xBF, 0xBD]),
      (SentencePieceNormalizer(map: map), [0xEF, 0xBF, 0xBD]),
      (SentencePieceNormalizer(), [0xEF, 0xBF, 0xBD]), (UnicodeNormalizer(.nfkc), [0xFF]),
      (LowercaseNormalizer(), [0xFF]), (AccentNormalizer(), [0xFF]), (StripNormalizer(), [0xFF]),
      (ReplaceNormalizer(.string("x"), with: "y"), [0xFF]),
    ]
    for (normalizer, expected) in cases {
      for isTracking in [false, true] {
        let output = AlignedText()
        output.clear(tracking: isTracking)
        ([0x61, 0xFF, 0x62] as [UInt8]).withUnsafeBufferPointer {
          normalizer.normalize($0, into: output)
        }
        #expect(Array(output.bytes) == [0x61] + expected + [0x62], "\(normalizer)")
      }
    }
  }

  private func characterMap() throws -> CharacterMap {
    let model = try Tokenizer(contentsOf: golden("sentencepiece.nmt.model"))
    return try #require((model.normalizer as? SentencePieceNormalizer)?.map)
  }
}
