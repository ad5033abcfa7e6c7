import ApusFiles
import ApusText

/// Small tokenizers in Hugging Face's format.
enum TokenizerSamples {
  private static let start = """
    "added_tokens": [{"id": 0, "content": "<s>", "single_word": false, "lstrip": false,
      "rstrip": false, "normalized": false, "special": true}]
    """

  /// Byte pairs with a decoder as Llama 2 has it.
  static let byteFallback = """
    {\(start), "normalizer": null, "pre_tokenizer": null, "post_processor": null,
     "decoder": {"type": "Sequence", "decoders": [
       {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
       {"type": "ByteFallback"}, {"type": "Fuse"},
       {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
     "model": {"type": "BPE", "byte_fallback": true, "unk_token": "<s>", "merges": [],
       "vocab": {"<s>": 0, "a": 1, "b": 2, "▁": 3, "▁a": 4, "<0xE4>": 5, "<0xBD>": 6, "<0xA0>": 7}}}
    """

  /// Pieces with scores, and spaces as SentencePiece writes them.
  static let unigram = """
    {\(start), "normalizer": null, "pre_tokenizer": null, "post_processor": null,
     "decoder": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"},
     "model": {"type": "Unigram", "unk_id": 0,
       "vocab": [["<s>", 0], ["a", -1], ["b", -2], ["▁", -3], ["▁a", -4]]}}
    """

  /// A vocabulary that begins bytes of characters and ends none.
  static let leadBytes = wordLevel(
    (0..<8).map { "<0xE\($0)>" }, decoder: #"{"type": "ByteFallback"}"#)

  /// Words that are parted by spaces.
  static let words = wordLevel((0..<8).map { "w\($0)" }, decoder: "null")

  private static func wordLevel(_ words: [String], decoder: String) -> String {
    let members = words.enumerated().map { "\"\($1)\": \($0)" }.joined(separator: ", ")
    return """
      {"added_tokens": [], "normalizer": null, "pre_tokenizer": {"type": "WhitespaceSplit"},
       "post_processor": null, "decoder": \(decoder),
       "model": {"type": "WordLevel", "unk_token": "\(words[0])", "vocab": {\(members)}}}
      """
  }
}

extension Tokenizer {
  init(json: String) throws {
    var json = json
    let value = try json.withUTF8 { try JSONValue(parsing: $0, file: "tokenizer.json") }
    try self.init(JSONField(value, file: "tokenizer.json"))
  }
}
