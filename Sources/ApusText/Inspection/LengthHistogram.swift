/// How many documents have which length, in classes that double: 0, 1, 2–3, 4–7, ….
public struct LengthHistogram: Sendable, Equatable {
  /// A class of lengths that has documents.
  public struct Bin: Sendable, Equatable {
    public var lengths: ClosedRange<Int>
    public var documents: Int
  }

  /// The number of documents of each class; the class of a length is its number of bits.
  private var counts = [Int](repeating: 0, count: Int.bitWidth)
  public private(set) var documents = 0
  public private(set) var longest = 0
  /// The sum of all lengths.
  public private(set) var total = 0
  /// Documents longer than `limit`.
  public private(set) var overlong = 0
  /// A length of interest, such as a model's context.
  public let limit: Int

  public init(limit: Int = .max) { self.limit = limit }

  public mutating func add(_ length: Int) {
    counts[Int.bitWidth - length.leadingZeroBitCount] += 1
    documents += 1
    total += length
    longest = max(longest, length)
    overlong += length > limit ? 1 : 0
  }

  public mutating func add(_ other: LengthHistogram) {
    for index in counts.indices { counts[index] += other.counts[index] }
    documents += other.documents
    total += other.total
    longest = max(longest, other.longest)
    overlong += other.overlong
  }

  /// The classes from the first to the last that has documents.
  public var bins: [Bin] {
    guard let first = counts.firstIndex(where: { $0 > 0 }),
      let last = counts.lastIndex(where: { $0 > 0 })
    else { return [] }
    return (first...last).map { bits in
      let lengths = bits == 0 ? 0...0 : 1 << (bits - 1)...Int((UInt(1) << UInt(bits)) - 1)
      return Bin(lengths: lengths, documents: counts[bits])
    }
  }
}
