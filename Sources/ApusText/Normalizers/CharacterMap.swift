import ApusFiles

/// Replacements of short strings, in the binary form that SentencePiece compiles them to.
///
/// The form is the size of a double array in bytes, the double array of 32-bit units, and texts
/// that end with a zero byte, to which the double array's values point; all little-endian. Nothing
/// in it is trusted: every step of a walk is checked against the array's end.
///
/// - Source: `Normalizer::DecodePrecompiledCharsMap` of SentencePiece; Yata's Darts-clone.
public struct CharacterMap: Sendable, Equatable {
  /// Replacements are refused from here on, so that a hostile map can't make gigabytes of a text;
  /// the longest of Unicode's compatibility mappings has 33 bytes.
  static let maximumReplacementBytes = 256

  /// The whole map as it stands in files.
  public let bytes: [UInt8]
  private let units: [UInt32]
  private let texts: Range<Int>
  /// For each ASCII byte before another: itself, what replaces it, or -1 if that is no one byte.
  private let ascii: [Int16]
  /// Whether some rule begins with two ASCII bytes, so that ASCII text can't be cut anywhere.
  let joinsASCII: Bool
  /// In bytes.
  let longestReplacement: Int

  /// - Throws: `InputError` for bytes that are no such map.
  public init(_ bytes: [UInt8]) throws {
    let size = bytes.prefix(4).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
    guard bytes.count >= 4, size > 0, size % 4 == 0, size <= bytes.count - 4 else {
      throw InputError(
        expected: "a character map with the size of its double array",
        found: "\(bytes.count) bytes that give the size \(size)")
    }
    let units = stride(from: 4, to: 4 + size, by: 4).map { start in
      (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) }
    }
    let texts = 4 + size..<bytes.count
    let parts = bytes[texts].split(separator: 0, omittingEmptySubsequences: false)
    guard parts.allSatisfy({ String(validating: $0, as: UTF8.self) != nil }) else {
      throw InputError(expected: "a character map with replacements in UTF-8", found: "other bytes")
    }
    if let long = parts.first(where: { $0.count > Self.maximumReplacementBytes }) {
      throw InputError(
        expected: "a character map with replacements of at most "
          + "\(Self.maximumReplacementBytes) bytes",
        found: "one of \(long.count)")
    }
    let rules = Self.asciiRules(units)
    joinsASCII = rules.contains { $0.joins }
    ascii = rules.enumerated().map { byte, rule in
      if rule.joins { return -1 }
      guard 0..<texts.count ~= rule.value else { return Int16(byte) }
      let text = Self.text(at: rule.value, of: texts, in: bytes)
      return text.count == 1 && bytes[text.lowerBound] < 0x80 ? Int16(bytes[text.lowerBound]) : -1
    }
    longestReplacement = parts.map(\.count).max() ?? 0
    self.bytes = bytes
    self.units = units
    self.texts = texts
  }

  /// A rule that applies at a place of a text.
  struct Match {
    /// The number of bytes replaced.
    var length: Int
    /// The replacement, in `bytes`.
    var text: Range<Int>
  }

  func longestMatch(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Match? {
    match(text, from: start, to: text.count, isShortest: false)
  }

  func shortestMatch(_ text: UnsafeBufferPointer<UInt8>, in range: Range<Int>) -> Match? {
    match(text, from: range.lowerBound, to: range.upperBound, isShortest: true)
  }

  /// What an ASCII byte before another ASCII byte or the end becomes; -1 if that is no one byte.
  @inline(__always)
  func replacement(ofASCII byte: UInt8) -> Int16 { ascii[Int(byte)] }

  @inline(__always)
  private func match(
    _ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int, isShortest: Bool
  ) -> Match? {
    var found: (length: Int, value: Int)?
    var walk = Walk(units)
    var index = start
    while index < end, walk.step(text[index], in: units) {
      index += 1
      if let value = walk.value(in: units), value < texts.count {
        found = (index - start, value)
        if isShortest { break }
      }
    }
    return found.map {
      Match(length: $0.length, text: Self.text(at: $0.value, of: texts, in: bytes))
    }
  }

  /// The text that starts at an offset and ends before a zero byte; none inside of a character.
  private static func text(at offset: Int, of texts: Range<Int>, in bytes: [UInt8]) -> Range<Int> {
    let start = texts.lowerBound + offset
    guard start < texts.upperBound, bytes[start] & 0xC0 != 0x80 else { return start..<start }
    var end = start
    while end < texts.upperBound, bytes[end] != 0 { end += 1 }
    return start..<end
  }

  /// A place in the double array.
  private struct Walk {
    private var place: Int
    private var hasValue = false

    init(_ units: [UInt32]) { place = Self.offset(units[0]) }

    /// Goes to the child for a byte; false if there is none.
    @inline(__always)
    mutating func step(_ byte: UInt8, in units: [UInt32]) -> Bool {
      let next = place ^ Int(byte)
      guard next < units.count else { return false }
      let unit = units[next]
      // The uppermost bit tells values from labels.
      guard unit & 0x8000_00FF == UInt32(byte) else { return false }
      hasValue = unit & 0x100 != 0
      place = next ^ Self.offset(unit)
      return true
    }

    /// The value of the rule that ends here, if one does.
    @inline(__always)
    func value(in units: [UInt32]) -> Int? {
      guard hasValue, place < units.count else { return nil }
      return Int(units[place] & 0x7FFF_FFFF)
    }

    private static func offset(_ unit: UInt32) -> Int {
      Int(unit >> 10) << Int((unit & 0x200) >> 6)
    }
  }

  /// For each ASCII byte the value of the rule for it alone, -1 if there is none, and whether some
  /// rule goes on with another ASCII byte.
  private static func asciiRules(_ units: [UInt32]) -> [(value: Int, joins: Bool)] {
    (UInt8(0)..<0x80).map { byte in
      var walk = Walk(units)
      guard walk.step(byte, in: units) else { return (-1, false) }
      let joins = (UInt8(0)..<0x80).contains { next in
        var walk = walk
        return walk.step(next, in: units)
      }
      return (walk.value(in: units) ?? -1, joins)
    }
  }
}
