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
    byteParts(of: tokens.map { Array($0.utf8) }).map(Self.text)
  }

  /// Each run of bytes is one part.
  public func byteParts(of tokens: [[UInt8]]) -> [[UInt8]] {
    let unknownToken = Array(unknownToken.utf8)
    var parts: [[UInt8]] = []
    var run: [UInt8] = []
    var isAtStart = true
    func flush() {
      guard !run.isEmpty else { return }
      parts.append(run)
      run.removeAll()
      isAtStart = false
    }
    for token in tokens {
      if fallsBackToBytes, let byte = ByteFallback.byte(of: token) {
        run.append(byte)
        continue
      }
      flush()
      if token == unknownToken {
        parts.append(Array(unknownText.utf8))
        isAtStart = false
      } else {
        parts.append(bytes(of: token, &isAtStart))
      }
    }
    flush()
    return parts
  }

  private func bytes(of token: [UInt8], _ isAtStart: inout Bool) -> [UInt8] {
    let mark = Array(String(MetaspacePreTokenizer.defaultReplacement).utf8)
    var rest = token[...]
    if isAtStart, leadingSpaces != .none, rest.starts(with: mark) {
      rest.removeFirst(mark.count)
      isAtStart = leadingSpaces == .all
    }
    if !rest.isEmpty { isAtStart = false }
    return Array(rest).replacingOccurrences(of: mark, with: [UInt8(ascii: " ")])
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
