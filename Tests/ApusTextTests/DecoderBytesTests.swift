import ApusFiles
import Testing

@testable import ApusText

@Suite struct DecoderBytesTests {
  private func decoder(_ json: String) throws -> any TokenDecoder {
    var json = json
    let value = try json.withUTF8 { try JSONValue(parsing: $0, file: "decoder") }
    return try #require(try TokenDecoders.read(JSONField(value, file: "decoder")))
  }

  /// The decoders of Llama 2 and of a converted SentencePiece model, and SentencePiece's own.
  private func fallbacks() throws -> [any TokenDecoder] {
    [
      try decoder(
        """
        {"type": "Sequence", "decoders": [
          {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
          {"type": "ByteFallback"}, {"type": "Fuse"},
          {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}
        """),
      try decoder(
        """
        {"type": "Sequence", "decoders": [
          {"type": "ByteFallback"},
          {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"}]}
        """),
      SentencePieceDecoder(fallsBackToBytes: true),
    ]
  }

  @Test func fallbackBytesStayAsTheyAre() throws {
    for decoder in try fallbacks() {
      func bytes(_ tokens: [String]) -> [UInt8] {
        Array(decoder.byteParts(of: tokens.map { Array($0.utf8) }).joined())
      }
      #expect(bytes(["▁a", "<0xE4>", "<0xBD>"]) == Array("a".utf8) + [0xE4, 0xBD])
      #expect(bytes(["<0xA0>", "▁b"]) == [0xA0] + Array(" b".utf8))
      #expect(bytes(["<0xE4>", "<0xBD>", "<0xA0>"]) == Array("你".utf8))
      #expect(decoder.decode(["<0xE4>", "<0xBD>"]) == "\u{FFFD}\u{FFFD}")
    }
  }

  @Test func aSequenceOfOneIsThatOne() throws {
    let decoder = try decoder(#"{"type": "Sequence", "decoders": [{"type": "ByteLevel"}]}"#)
    #expect(decoder.byteParts(of: [Array("ä½".utf8)]).joined().elementsEqual([0xE4, 0xBD]))
  }

  @Test func onlyTwoDigitsNameAByte() throws {
    for decoder in try fallbacks() {
      for token in ["<0x+A>", "<0x-1>", "<0x1>", "<0xAG>", "<0x041>", "0x41"] {
        #expect(decoder.decode(["b", token]) == "b" + token)
      }
      #expect(decoder.decode(["b", "<0x41>", "<0x4a>"]) == "bAJ")
    }
  }
}
