import ApusFiles

/// Joins the pieces of a SentencePiece model to text.
public struct SentencePieceDecoder: TokenDecoder, Equatable {
  /// Which spaces at the start of the text go.
  public enum LeadingSpaces: Sendable {
    case all, one, none
  }

  public var leadingSpaces: LeadingSpaces
  public var unknownToken: String
  /// What is shown for the unknown token.
  public var unknownText: String
  /// Whether tokens such as `<0x41>` stand for bytes.
  public var fallsBackToBytes: Bool

  /// Makes a decoder; without a text for unknown tokens it is that of SentencePiece.
  public init(
    leadingSpaces: LeadingSpaces = .all, unknownToken: String = "<unk>",
    unknownText: String = " \u{2047} ", fallsBackToBytes: Bool = false
  ) {
    self.leadingSpaces = leadingSpaces
    self.unknownToken = unknownToken
    self.unknownText = unknownText
    self.fallsBackToBytes = fallsBackToBytes
  }

  /// The nearest form that Hugging Face tokenizers have, as transformers converts model files.
  public var json: JSONValue {
    let spaces = MetaspaceDecoder(prepending: leadingSpaces == .none ? .never : .always).json
    guard fallsBackToBytes else { return spaces }
    return .object([
      ("type", .string("Sequence")),
      ("decoders", .array([.object([("type", .string("ByteFallback"))]), spaces])),
    ])
  }

  public func parts(of tokens: [String]) -> [String] {
    var parts: [String] = []
    var bytes: [UInt8] = []
    var isAtStart = true
    for token in tokens {
      if fallsBackToBytes, let byte = Self.byte(of: token) {
        bytes.append(byte)
        continue
      }
      if !bytes.isEmpty {
        parts.append(Self.text(of: bytes))
        bytes.removeAll()
        isAtStart = false
      }
      guard token != unknownToken else {
        parts.append(unknownText)
        isAtStart = false
        continue
      }
      parts.append(text(of: token, &isAtStart))
    }
    if !bytes.isEmpty { parts.append(Self.text(of: bytes)) }
    return parts
  }

  private func text(of token: String, _ isAtStart: inout Bool) -> String {
    let mark = MetaspacePreTokenizer.defaultReplacement
    var scalars = token.unicodeScalars[...]
    if isAtStart, leadingSpaces != .none, scalars.first == mark {
      scalars.removeFirst()
      isAtStart = leadingSpaces == .all
    }
    if !scalars.isEmpty { isAtStart = false }
    var text = String.UnicodeScalarView()
    for scalar in scalars { text.append(scalar == mark ? " " : scalar) }
    return String(text)
  }

  /// The byte of a token such as `<0x41>`.
  private static func byte(of token: String) -> UInt8? {
    guard token.utf8.count == 6, token.hasPrefix("<0x"), token.hasSuffix(">") else { return nil }
    return UInt8(token.dropFirst(3).dropLast(), radix: 16)
  }

  /// Bytes as text; each that is no UTF-8 becomes U+FFFD.
  private static func text(of bytes: [UInt8]) -> String {
    bytes.withUnsafeBufferPointer { bytes in
      var text = String.UnicodeScalarView()
      var index = 0
      while index < bytes.count {
        let (value, end) = scalar(at: index, in: bytes)
        text.append(Unicode.Scalar(value) ?? "\u{FFFD}")
        index = end
      }
      return String(text)
    }
  }
}
