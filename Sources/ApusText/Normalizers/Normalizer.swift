import ApusFiles

/// The first step of a tokenizer: text in, text of one canonical form out.
public protocol Normalizer: Sendable {
  /// Appends the normalized text to `output`, with ranges of `text` as origins.
  func normalize(_ text: UnsafeBufferPointer<UInt8>, into output: AlignedText)

  /// Whether long text may be cut before a space or newline between visible ASCII, the parts
  /// giving what the whole would.
  var allowsCuts: Bool { get }

  /// How many times longer a text may get, again and again in a row of such normalizers.
  ///
  /// 1, unless a type says otherwise: what a row of such steps adds then grows with their number
  /// alone, which `StepRow` limits.
  var growth: Int { get }

  /// The form in `tokenizer.json`.
  var json: JSONValue { get }
}

extension Normalizer {
  public var growth: Int { 1 }

  /// True, as it is for all that looks at scalars and the marks behind them only.
  public var allowsCuts: Bool { true }
}

enum Normalizers {
  /// Rows of replacements that make text longer than this many times are refused, as forty that
  /// double it would fill any memory.
  static let maximumGrowth = 1024

  /// The growth of a row; above the maximum it is not exact.
  static func growth(_ factors: some Sequence<Int>) -> Int {
    factors.reduce(1) { min($0 * $1, maximumGrowth + 1) }
  }

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
