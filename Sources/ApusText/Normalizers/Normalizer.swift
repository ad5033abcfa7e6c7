import ApusFiles

/// The first step of a tokenizer: text in, text of one canonical form out.
///
/// Where text can't be told apart from its neighbours, a normalizer works scalar by scalar and
/// never across an ASCII space, so that long texts may be cut there.
public protocol Normalizer: Sendable {
  /// Appends the normalized text to `output`, with ranges of `text` as origins.
  func normalize(_ text: UnsafeBufferPointer<UInt8>, into output: AlignedText)

  /// The form in `tokenizer.json`.
  var json: JSONValue { get }
}

enum Normalizers {
  /// Reads the `normalizer` of a `tokenizer.json`.
  static func read(_ field: JSONField) throws -> (any Normalizer)? {
    if field.isNull { return nil }
    switch try field["type"].string() {
    case "BertNormalizer": return try BERTNormalizer(field)
    default: throw field["type"].error(expected: "the normalizer BertNormalizer")
    }
  }
}
