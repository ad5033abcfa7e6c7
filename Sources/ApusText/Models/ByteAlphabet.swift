/// GPT-2's spelling of bytes as visible characters, used in its vocabulary files.
///
/// Printable Latin-1 stands for itself; the 68 other bytes take the characters from U+0100 on.
///
/// - Source: `bytes_to_unicode` of Radford et al. 2019.
enum ByteAlphabet {
  static let scalars: [Unicode.Scalar] = {
    var next: UInt32 = 0x100
    return (UInt8.min...UInt8.max).map { byte in
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return Unicode.Scalar(byte)
      default:
        defer { next += 1 }
        return Unicode.Scalar(next) ?? Unicode.Scalar(byte)
      }
    }
  }()

  private static let bytes: [UInt8?] = {
    var bytes = [UInt8?](repeating: nil, count: 0x144)
    for (byte, scalar) in scalars.enumerated() { bytes[Int(scalar.value)] = UInt8(byte) }
    return bytes
  }()

  /// The bytes in the order of their characters, which is the order of their ids in GPT-2.
  static let order: [UInt8] = (UInt8.min...UInt8.max).sorted {
    scalars[Int($0)].value < scalars[Int($1)].value
  }

  static func spelling(_ token: some Sequence<UInt8>) -> String {
    var spelling = String.UnicodeScalarView()
    for byte in token { spelling.append(scalars[Int(byte)]) }
    return String(spelling)
  }

  /// The bytes that a spelling stands for; nil if a character is not of the alphabet.
  static func bytes(of spelling: String) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(spelling.utf8.count)
    for scalar in spelling.unicodeScalars {
      guard scalar.value < 0x144, let byte = bytes[Int(scalar.value)] else { return nil }
      result.append(byte)
    }
    return result
  }
}
