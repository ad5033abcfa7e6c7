/// The ids of pieces seen lately, so that frequent words skip the model.
///
/// Direct-mapped: an entry is one cache line with a piece of at most 32 bytes and at most seven
/// ids, and a collision evicts. Memory is fixed, whatever the text.
struct WordCache: ~Copyable {
  static let longestPiece = 32
  static let mostIDs = 7

  struct Entry {
    var key: SIMD4<UInt64>
    /// In lane 7, length of the piece << 8 | number of ids.
    var ids: SIMD8<Int32>
  }

  private static let bits = 14
  private let entries: UnsafeMutablePointer<Entry>

  init() {
    entries = .allocate(capacity: 1 << Self.bits)
    entries.initialize(
      repeating: Entry(key: .zero, ids: SIMD8(repeating: 0)), count: 1 << Self.bits)
  }

  deinit { entries.deallocate() }

  /// The bytes of a piece, zeros behind them; `room` bytes, at least `count`, may be read.
  @inline(__always)
  static func key(_ start: UnsafePointer<UInt8>, count: Int, room: Int) -> SIMD4<UInt64> {
    let raw = UnsafeRawPointer(start)
    if room >= 32 {
      let words = raw.loadUnaligned(as: SIMD4<UInt64>.self)
      let bits = SIMD4<Int64>(repeating: Int64(count) * 8) &- SIMD4<Int64>(0, 64, 128, 192)
      // A lane keeps its lower `bits` bits: none below 0, all from 64 on.
      let kept = SIMD4<UInt64>(
        truncatingIfNeeded: bits.clamped(
          lowerBound: .zero, upperBound: SIMD4(repeating: 63)))
      let mask = (SIMD4<UInt64>(repeating: 1) &<< kept) &- 1
      return words & mask.replacing(with: .max, where: bits .>= SIMD4(repeating: 64))
    }
    var words = SIMD4<UInt64>.zero
    withUnsafeMutableBytes(of: &words) {
      $0.copyMemory(from: UnsafeRawBufferPointer(start: raw, count: count))
    }
    return words
  }

  @inline(__always)
  func entry(of key: SIMD4<UInt64>) -> UnsafeMutablePointer<Entry> {
    let low = (key.x ^ 0x9E37_79B9_7F4A_7C15) &* (key.y ^ 0xBF58_476D_1CE4_E5B9 | 1)
    let high = (key.z ^ 0x94D0_49BB_1331_11EB) &* (key.w ^ 0xD6E8_FEB8_6659_FD93 | 1)
    let hash = ((low ^ low >> 32) &+ (high ^ high >> 29)) &* 0x9E37_79B9_7F4A_7C15
    return entries + Int(hash >> (64 - UInt64(Self.bits)))
  }
}
