import ApusFiles

/// The first step of a tokenizer: text in, text of one canonical form out.
public protocol Normalizer: Sendable {
  /// Appends the normalized text to `output`, with ranges of `text` as origins.
  func normalize(_ text: UnsafeBufferPointer<UInt8>, into output: AlignedText)

  /// Whether long text may be cut before a space or newline between visible ASCII, the parts
  /// giving what the whole would.
  var allowsCuts: Bool { get }

  /// The form in `tokenizer.json`.
  var json: JSONValue { get }
}

extension Normalizer {
  /// True, as it is for all that looks at scalars and the marks behind them only.
  public var allowsCuts: Bool { true }
}

enum Normalizers {
  /// Reads the `normalizer` of a `tokenizer.json`.
  static func read(_ field: JSONField) throws -> (any Normalizer)? {
    if field.isNull { return nil }
    switch try field["type"].string() {
    case "BertNormalizer": return try BERTNormalizer(field)
    case "Nmt": return NMTNormalizer()
    case "Precompiled": return try PrecompiledNormalizer(field)
    case "Lowercase": return LowercaseNormalizer()
    case "StripAccents": return AccentNormalizer()
    case "Strip": return try StripNormalizer(field)
    case "Replace": return try ReplaceNormalizer(field)
    case "Prepend": return try PrependNormalizer(field)
    case "Sequence": return try SequenceNormalizer(field)
    case let name:
      if let form = UnicodeNormalizer.Form(rawValue: name) { return UnicodeNormalizer(form) }
      throw field["type"].error(
        expected: """
          one of the normalizers BertNormalizer, NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, \
          Strip, Replace, Prepend, Nmt, Precompiled, Sequence
          """)
    }
  }
}
