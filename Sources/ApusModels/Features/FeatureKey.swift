import ApusTensors

/// A hash of all that features depend on: weights of the encoder, and what it reads.
///
/// The order in which things are added counts.
///
/// - Source: the multiplier and start of FNV-1a, over words of 64 bits with a shift after each.
public struct FeatureKey: Sendable, Hashable {
  public private(set) var bits: UInt64 = 0xCBF2_9CE4_8422_2325

  public init() {}

  public mutating func add(_ bytes: UnsafeRawBufferPointer) {
    add(word: UInt64(bytes.count))
    let wholeCount = bytes.count / 8 * 8
    for offset in stride(from: 0, to: wholeCount, by: 8) {
      add(word: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    for byte in bytes[wholeCount...] { add(word: UInt64(byte)) }
  }

  public mutating func add(_ text: String) {
    var text = text
    text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
  }

  public mutating func add(_ ids: [Int32]) { ids.withUnsafeBytes { add($0) } }

  /// Adds the names, shapes and values of weights.
  public mutating func add(_ weights: [(name: String, value: Tensor)]) {
    for (name, value) in weights {
      add(name)
      add(value.shape.map { Int32(clamping: $0) })
      value.converted(to: .float32).withElements(as: Float.self) { add(UnsafeRawBufferPointer($0)) }
    }
  }

  private mutating func add(word: UInt64) {
    bits = (bits ^ word) &* 0x0000_0100_0000_01B3
    bits ^= bits >> 32
  }
}
