/// The cyclic redundancy check with Castagnoli's polynomial, as TFRecord files use it.
///
/// - Source: RFC 3720, appendix B.4, with its test vectors.
public enum CRC32C {
  /// The checksum of bytes.
  public static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~0) { crc, byte in
      table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ (crc >> 8)
    }
  }

  /// A checksum rotated and shifted, so that a checksum of data that holds checksums stays useful.
  ///
  /// - Source: TensorFlow's `crc32c::Mask`.
  public static func masked(_ checksum: UInt32) -> UInt32 {
    (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
  }

  /// The effect of each byte, for the reflected polynomial.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
  }
}
