import ApusFiles

/// Turns tokens such as `<0xE4>` into the bytes that they name.
///
/// Each byte of a run that is no UTF-8 as a whole becomes U+FFFD.
public struct ByteFallbackDecoder: TokenDecoder, Equatable {
  public init() {}

  public var json: JSONValue { .object([("type", .string("ByteFallback"))]) }

  public func parts(of tokens: [String]) -> [String] {
    var parts: [String] = []
    var run: [UInt8] = []
    func flush() {
      guard !run.isEmpty else { return }
      parts.append(
        String(validating: run, as: UTF8.self)
          ?? String(repeating: "\u{FFFD}", count: run.count))
      run.removeAll()
    }
    for token in tokens {
      if let byte = ByteFallback.byte(of: token) {
        run.append(byte)
      } else {
        flush()
        parts.append(token)
      }
    }
    flush()
    return parts
  }
}

/// The spelling of bytes that a vocabulary of characters lacks, as in SentencePiece.
enum ByteFallback {
  static func token(of byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return byte < 16 ? "<0x0\(digits)>" : "<0x\(digits)>"
  }

  /// The byte that a token such as `<0x0A>` names.
  static func byte(of token: String) -> UInt8? {
    guard token.utf8.count == 6, token.hasPrefix("<0x"), token.hasSuffix(">") else { return nil }
    let digits = token.dropFirst(3).dropLast()
    return digits.first == "+" ? nil : UInt8(digits, radix: 16)
  }
}
