import ApusFiles

/// Turns tokens such as `<0xE4>` into the bytes that they name.
///
/// Each byte of a run that is no UTF-8 as a whole becomes U+FFFD.
public struct ByteFallbackDecoder: TokenDecoder, Equatable {
  public init() {}

  public var json: JSONValue { .object([("type", .string("ByteFallback"))]) }

  public func parts(of tokens: [String]) -> [String] {
    byteParts(of: tokens.map { Array($0.utf8) }).map { part in
      String(validating: part, as: UTF8.self)
        ?? String(repeating: "\u{FFFD}", count: part.count)
    }
  }

  /// Each run of bytes is one part.
  public func byteParts(of tokens: [[UInt8]]) -> [[UInt8]] {
    var parts: [[UInt8]] = []
    var run: [UInt8] = []
    func flush() {
      guard !run.isEmpty else { return }
      parts.append(run)
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
  static func byte(of token: [UInt8]) -> UInt8? {
    guard token.count == 6, token.starts(with: "<0x".utf8), token[5] == UInt8(ascii: ">") else {
      return nil
    }
    // A sign would be a number too.
    guard token[3] != UInt8(ascii: "+") else { return nil }
    return UInt8(String(decoding: token[3...4], as: UTF8.self), radix: 16)
  }
}
