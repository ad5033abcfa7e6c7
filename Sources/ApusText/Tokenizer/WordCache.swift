/// The ids of pieces seen lately, so that frequent words skip the model.
///
/// Direct-mapped: an entry is one cache line with a piece of at most 32 bytes and at most seven
/// ids, and a collision evicts. Memory is fixed, whatever the text.
struct WordCache: ~Copyable {
  static let longestPiece = 32
  static let mostIDs = 7

  struct Entry {
    fileprivate var key: SIMD4<UInt64>
    /// In lane 7, note << 16 | length of the piece << 8 | number of ids.
    fileprivate(set) var ids: SIMD8<Int32>

    fileprivate init() {
      key = .zero
      ids = .zero
    }

    /// Nil for more ids than there is room for; a note of 16 bits is the model's.
    init?(_ key: SIMD4<UInt64>, _ ids: ArraySlice<Int32>, count: Int, note: Int = 0) {
      guard ids.count <= WordCache.mostIDs else { return nil }
      self.init()
      self.key = key
      for (lane, id) in ids.enumerated() { self.ids[lane] = id }
      self.ids[7] = Int32(note << 16 | count << 8 | ids.count)
    }

    /// Whether it has the ids of a piece with a key and a length.
    @inline(__always)
    func isOf(_ key: SIMD4<UInt64>, count: Int) -> Bool {
      let difference = self.key ^ key
      return difference.x | difference.y | difference.z | difference.w == 0
        && Int(ids[7]) >> 8 & 0xFF == count
    }

    var idCount: Int { Int(ids[7]) & 0xFF }
    var note: Int { Int(ids[7]) >> 16 }
  }

  private static let bits = 15
  private let entries: UnsafeMutablePointer<Entry>
  /// By the length of a piece: ones over its bytes.
  private let masks: UnsafeMutablePointer<SIMD4<UInt64>>

  init() {
    entries = .allocate(capacity: 1 << Self.bits)
    entries.initialize(repeating: Entry(), count: 1 << Self.bits)
    masks = .allocate(capacity: Self.longestPiece + 1)
    for count in 0...Self.longestPiece {
      var mask = SIMD4<UInt64>.zero
      withUnsafeMutableBytes(of: &mask) { bytes in
        for index in 0..<count { bytes[index] = .max }
      }
      (masks + count).initialize(to: mask)
    }
  }

  deinit {
    entries.deallocate()
    masks.deallocate()
  }

  /// Calls `body` with a copy of the last 32 bytes of a text with zeros behind it.
  ///
  /// Keys of pieces that begin there must be made of the copy, as 32 bytes are read.
  @inline(__always)
  func withPaddedEnd(
    of text: UnsafeBufferPointer<UInt8>,
    _ body: (_ end: UnsafePointer<UInt8>, _ endStart: Int) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * Self.longestPiece) { end in
      let start = max(0, text.count - Self.longestPiece)
      end.initialize(repeating: 0)
      _ = end.update(fromContentsOf: text[start...])
      if let base = end.baseAddress { body(base, start) }
    }
  }

  /// The bytes of a piece, zeros behind them; 32 bytes are read.
  @inline(__always)
  func key(_ start: UnsafePointer<UInt8>, count: Int) -> SIMD4<UInt64> {
    UnsafeRawPointer(start).loadUnaligned(as: SIMD4<UInt64>.self) & masks[count]
  }

  @inline(__always)
  func entry(of key: SIMD4<UInt64>) -> UnsafeMutablePointer<Entry> {
    let low = (key.x ^ 0x9E37_79B9_7F4A_7C15) &* (key.y ^ 0xBF58_476D_1CE4_E5B9 | 1)
    let high = (key.z ^ 0x94D0_49BB_1331_11EB) &* (key.w ^ 0xD6E8_FEB8_6659_FD93 | 1)
    let hash = ((low ^ low >> 32) &+ (high ^ high >> 29)) &* 0x9E37_79B9_7F4A_7C15
    return entries + Int(hash >> (64 - UInt64(Self.bits)))
  }
}
