/// Text on its way to the model: UTF-8 bytes and, if wanted, where each came from.
public final class AlignedText {
  // Checks for overlapping access would take as long as the work; no method calls out to others.
  @exclusivity(unchecked) private var base: UnsafeMutablePointer<UInt8>
  @exclusivity(unchecked) private var capacity = 256
  @exclusivity(unchecked) public private(set) var count = 0
  /// Whether origins are kept; without them appending is a plain copy.
  @exclusivity(unchecked) public private(set) var isTracking = false
  /// For each byte, the range in the input of what became it; empty unless tracking.
  private(set) var origins: [Range<Int>] = []

  public init() { base = .allocate(capacity: capacity) }

  deinit { base.deallocate() }

  /// The bytes, valid until the next change.
  public var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

  public func clear(tracking: Bool) {
    count = 0
    origins.removeAll(keepingCapacity: true)
    isTracking = tracking
  }

  /// Makes room for more bytes and gives the place where they go.
  @inline(__always)
  func reserve(_ extra: Int) -> UnsafeMutablePointer<UInt8> {
    if count + extra > capacity { grow(to: count + extra) }
    return base + count
  }

  /// Takes over bytes written to where `reserve` pointed.
  @inline(__always)
  func commit(_ written: Int) { count += written }

  @inline(never)
  private func grow(to needed: Int) {
    capacity = max(needed, capacity * 2)
    let wider = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    wider.update(from: base, count: count)
    base.deallocate()
    base = wider
  }

  func removeLast(_ removed: Int) {
    count -= removed
    if isTracking { origins.removeLast(removed) }
  }

  @inline(__always)
  public func append(_ byte: UInt8, from origin: Range<Int>) {
    reserve(1).pointee = byte
    count += 1
    if isTracking { origins.append(origin) }
  }

  public func append(_ scalar: Unicode.Scalar, from origin: Range<Int>) {
    for byte in scalar.utf8 { append(byte, from: origin) }
  }

  /// Appends the scalar with a value; none for the value of a surrogate.
  func append(_ value: UInt32, from origin: Range<Int>) {
    if let scalar = Unicode.Scalar(value) { append(scalar, from: origin) }
  }

  /// Appends the lower-case form of a scalar.
  func append(lowercased value: UInt32, from origin: Range<Int>) {
    guard let scalar = Unicode.Scalar(value) else { return }
    // From U+3000 to the Latin letters at U+A640, and among Hangul, nothing has case.
    guard !(0x3000..<0xA640 ~= value), !(0xAC00..<0xD7A4 ~= value),
      scalar.properties.changesWhenLowercased
    else { return append(scalar, from: origin) }
    for lower in scalar.properties.lowercaseMapping.unicodeScalars { append(lower, from: origin) }
  }

  /// Appends bytes that all came from one range.
  func append(_ bytes: some Sequence<UInt8>, from origin: Range<Int>) {
    for byte in bytes { append(byte, from: origin) }
  }

  /// Appends text whose origins begin at `start` in the input.
  func append(_ other: AlignedText, from start: Int) {
    guard other.count > 0 else { return }
    reserve(other.count).update(from: other.base, count: other.count)
    count += other.count
    guard isTracking else { return }
    origins.append(
      contentsOf: other.origins.lazy.map { $0.lowerBound + start..<$0.upperBound + start })
  }

  /// Appends bytes that stand for themselves, starting at `start` in the input.
  public func append(_ text: UnsafeBufferPointer<UInt8>, from start: Int) {
    guard let source = text.baseAddress else { return }
    reserve(text.count).update(from: source, count: text.count)
    count += text.count
    if isTracking { origins.append(contentsOf: (start..<start + text.count).map { $0..<$0 + 1 }) }
  }

  /// Appends all of a text with a mark in place of each ASCII space.
  func append(_ text: UnsafeBufferPointer<UInt8>, replacingSpacesBy mark: Unicode.Scalar) {
    let space = UInt8(ascii: " ")
    var (word, length) = (UInt32(0), 0)
    for byte in mark.utf8 {
      word |= UInt32(byte) << UInt32(8 * length)
      length += 1
    }
    // Room for the whole word behind the last mark.
    var target = reserve(text.count * length + 4)
    let start = target
    for byte in text {
      let isSpace = byte == space
      UnsafeMutableRawPointer(target).storeBytes(
        of: (isSpace ? word : UInt32(byte)).littleEndian, as: UInt32.self)
      target += isSpace ? length : 1
    }
    commit(target - start)
    guard isTracking else { return }
    for (index, byte) in text.enumerated() {
      let origin = index..<index + 1
      origins.append(contentsOf: repeatElement(origin, count: byte == space ? length : 1))
    }
  }

  /// The range in the input of a range of bytes.
  func origin(of range: Range<Int>) -> Range<Int> {
    guard !range.isEmpty else {
      let place = origins.isEmpty ? 0 : origins[min(range.lowerBound, origins.count - 1)].lowerBound
      return place..<place
    }
    let low = origins[range.lowerBound].lowerBound
    return low..<max(low, origins[range.upperBound - 1].upperBound)
  }

  /// Replaces origins that index `earlier` by origins in the input of `earlier`.
  func compose(with earlier: AlignedText) {
    guard isTracking else { return }
    for index in origins.indices { origins[index] = earlier.origin(of: origins[index]) }
  }
}
