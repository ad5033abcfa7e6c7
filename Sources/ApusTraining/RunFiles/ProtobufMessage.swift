/// The bytes of a Protocol Buffers message, field after field.
///
/// A dozen lines stand in for a dependency with a code generator: two flat messages are all that is
/// written.
///
/// - Source: the Protocol Buffers encoding, wire types 0, 1, 2 and 5.
struct ProtobufMessage {
  private(set) var bytes: [UInt8] = []

  mutating func integer(_ field: UInt64, _ value: UInt64) {
    variable(field << 3)
    variable(value)
  }

  mutating func double(_ field: UInt64, _ value: Double) {
    variable(field << 3 | 1)
    bytes += value.bitPattern.littleEndianBytes
  }

  mutating func float(_ field: UInt64, _ value: Float) {
    variable(field << 3 | 5)
    bytes += value.bitPattern.littleEndianBytes
  }

  mutating func string(_ field: UInt64, _ value: String) {
    delimited(field, Array(value.utf8))
  }

  mutating func message(_ field: UInt64, _ content: (inout ProtobufMessage) -> Void) {
    var inner = ProtobufMessage()
    content(&inner)
    delimited(field, inner.bytes)
  }

  private mutating func delimited(_ field: UInt64, _ content: [UInt8]) {
    variable(field << 3 | 2)
    variable(UInt64(content.count))
    bytes += content
  }

  /// Seven bits a byte, the lowest first; the top bit says that more follow.
  private mutating func variable(_ value: UInt64) {
    var value = value
    while value >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
      value >>= 7
    }
    bytes.append(UInt8(value))
  }
}

extension FixedWidthInteger {
  var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian) { Array($0) } }
}
