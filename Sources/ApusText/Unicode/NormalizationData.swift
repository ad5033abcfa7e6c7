/// Decompositions, combining classes and compositions, unfolded from text at first use.
///
/// Hangul syllables are left to arithmetic.
struct NormalizationData: Sendable {
  /// For NFD and NFC.
  static let canonical = NormalizationData(includesCompatible: false)
  /// For NFKD and NFKC.
  static let compatible = NormalizationData(includesCompatible: true)

  /// What normalization needs to know of a scalar; all zero for most.
  struct Properties {
    fileprivate(set) var bits: UInt32 = 0

    /// Whether it has no parts, is a starter and never composes with what stands before it.
    @inline(__always)
    var isPlain: Bool { bits == 0 }
    /// The canonical combining class.
    @inline(__always)
    var order: UInt8 { UInt8(truncatingIfNeeded: bits) }
    /// Whether it may be the second part of a composition.
    @inline(__always)
    var joinsBefore: Bool { bits & 1 << 8 != 0 }
    fileprivate var partCount: Int { Int(bits >> 9 & 31) }
    fileprivate var partStart: Int { Int(bits >> 14) }

    fileprivate mutating func setParts(from start: Int, count: Int) {
      precondition(count < 32 && start < 1 << 18, "NormalizationData: more parts than bits")
      bits = bits & 0x1FF | UInt32(count) << 9 | UInt32(start) << 14
    }
  }

  /// Blocks of 128 properties; most scalars share the first one.
  private var blocks: [Properties]
  private var blockOfScalar: [UInt16]
  private var parts: [UInt32] = []
  private var compositions: [UInt64: UInt32] = [:]

  private init(includesCompatible: Bool) {
    blocks = Array(repeating: Properties(), count: 128)
    blockOfScalar = Array(repeating: 0, count: 0x110000 >> 7)
    var steps: [UInt32: [UInt32]] = [:]
    Self.forEachEntry(of: UnicodeDecompositions.combiningClasses) { run, _, order in
      for value in run[0]..<run[0] + run[1] { update(value) { $0.bits |= order[0] } }
    }
    Self.forEachEntry(of: UnicodeDecompositions.canonical) { scalar, composes, parts in
      steps[scalar[0]] = parts
      guard composes else { return }
      compositions[Self.pair(parts[0], parts[1])] = scalar[0]
      update(parts[1]) { $0.bits |= 1 << 8 }
    }
    if includesCompatible {
      Self.forEachEntry(of: UnicodeDecompositions.compatible) { steps[$0[0]] = $2 }
    }
    for jamo in Hangul.vowels { update(jamo) { $0.bits |= 1 << 8 } }
    for jamo in Hangul.finals { update(jamo) { $0.bits |= 1 << 8 } }
    for value in steps.keys.sorted() {
      let start = parts.count
      appendParts(of: value, steps)
      let count = parts.count - start
      update(value) { $0.setParts(from: start, count: count) }
    }
  }

  private mutating func appendParts(of value: UInt32, _ steps: [UInt32: [UInt32]]) {
    guard let step = steps[value] else { return parts.append(value) }
    for part in step { appendParts(of: part, steps) }
  }

  private mutating func update(_ value: UInt32, _ change: (inout Properties) -> Void) {
    let page = Int(value >> 7)
    if blockOfScalar[page] == 0 {
      blockOfScalar[page] = UInt16(blocks.count >> 7)
      blocks.append(contentsOf: repeatElement(Properties(), count: 128))
    }
    change(&blocks[Int(blockOfScalar[page]) << 7 | Int(value & 127)])
  }

  /// Calls `body` with the numbers before and behind the sign of each entry, and whether that is +.
  private static func forEachEntry(
    of text: String, _ body: (_ left: [UInt32], _ isPlus: Bool, _ right: [UInt32]) -> Void
  ) {
    var numbers: [UInt32] = []
    var left: [UInt32] = []
    var number: UInt32 = 0
    var hasDigits = false
    var isPlus = false
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        number = number << 4 | UInt32(byte - UInt8(ascii: "0"))
        hasDigits = true
      case UInt8(ascii: "a")...UInt8(ascii: "f"):
        number = number << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
        hasDigits = true
      default:
        if hasDigits { numbers.append(number) }
        (number, hasDigits) = (0, false)
        if byte == UInt8(ascii: "=") || byte == UInt8(ascii: "+") {
          isPlus = byte == UInt8(ascii: "+")
          left = numbers
          numbers.removeAll(keepingCapacity: true)
        } else if byte == UInt8(ascii: ";") {
          body(left, isPlus, numbers)
          numbers.removeAll(keepingCapacity: true)
        }
      }
    }
  }

  @inline(__always)
  subscript(value: UInt32) -> Properties {
    blocks[Int(blockOfScalar[Int(value >> 7)]) << 7 | Int(value & 127)]
  }

  /// Calls `body` with each scalar of the full decomposition; with the scalar itself if it has none.
  @inline(__always)
  func forEachPart(of value: UInt32, _ body: (UInt32) -> Void) {
    if Hangul.syllables.contains(value) { return Hangul.forEachPart(of: value, body) }
    let properties = self[value]
    guard properties.partCount > 0 else { return body(value) }
    for index in properties.partStart..<properties.partStart + properties.partCount {
      body(parts[index])
    }
  }

  /// The scalar that two others compose to.
  func composition(of first: UInt32, _ second: UInt32) -> UInt32? {
    Hangul.composition(of: first, second) ?? compositions[Self.pair(first, second)]
  }

  private static func pair(_ first: UInt32, _ second: UInt32) -> UInt64 {
    UInt64(first) << 32 | UInt64(second)
  }
}

/// Syllables of Korean and their parts, which are computed.
///
/// - Source: The Unicode Standard, §3.12, "Conjoining Jamo Behavior".
enum Hangul {
  static let syllables: Range<UInt32> = 0xAC00..<0xAC00 + 19 * 588
  static let initials: Range<UInt32> = 0x1100..<0x1100 + 19
  static let vowels: Range<UInt32> = 0x1161..<0x1161 + 21
  static let finals: Range<UInt32> = 0x11A8..<0x11A8 + 27

  static func forEachPart(of syllable: UInt32, _ body: (UInt32) -> Void) {
    let index = syllable - syllables.lowerBound
    body(initials.lowerBound + index / 588)
    body(vowels.lowerBound + index % 588 / 28)
    if index % 28 > 0 { body(finals.lowerBound + index % 28 - 1) }
  }

  static func composition(of first: UInt32, _ second: UInt32) -> UInt32? {
    if initials.contains(first), vowels.contains(second) {
      return syllables.lowerBound + (first - initials.lowerBound) * 588
        + (second - vowels.lowerBound) * 28
    }
    if syllables.contains(first), finals.contains(second),
      (first - syllables.lowerBound) % 28 == 0
    {
      return first + second - finals.lowerBound + 1
    }
    return nil
  }
}
