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

  /// Long texts are cut into blocks, which must change nothing.
  @Test func blocksGiveWhatTheWholeDoes() throws {
    let text = String(repeating: texts.joined(separator: " go on\nand on "), count: 120)
    #expect(text.utf8.count > 1 << 16)
    let vocabulary = try Vocabulary(
      (0..<0x3000).compactMap { Unicode.Scalar($0) }.map { String($0) } + ["[UNK]", "on", "go"])
    var normalizers: [JSONField] = []
    var preTokenizers: [JSONField] = []
    try forEachCase(of: "normalizers") { config, _ in normalizers.append(config) }
    try forEachCase(of: "pre_tokenizers") { config, _ in preTokenizers.append(config) }
    for index in 0..<max(normalizers.count, preTokenizers.count) {
      let normalizer = normalizers[index % normalizers.count]
      let preTokenizer = preTokenizers[index % preTokenizers.count]
      let tokenizer = try Tokenizer(
        normalizer: Normalizers.read(normalizer), preTokenizer: PreTokenizers.read(preTokenizer),
        model: Lexicon(vocabulary))
      let whole = tokenizer.encode(text, addsSpecialTokens: false).ids
      #expect(
        tokenizer.plainIDs(text.utf8) == whole,
        Comment(rawValue: "\(normalizer.value.text) \(preTokenizer.value.text)"))
    }
  }
}
