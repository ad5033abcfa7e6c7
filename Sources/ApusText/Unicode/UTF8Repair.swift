/// Finds and replaces what is not UTF-8.
enum UTF8Repair {
  /// The number of leading bytes that are well-formed UTF-8.
  static func validPrefix(of text: UnsafeBufferPointer<UInt8>) -> Int {
    var index = 0
    let raw = UnsafeRawBufferPointer(text)
    while index < text.count {
      while index + 8 <= text.count,
        raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
      {
        index += 8
      }
      guard index < text.count else { break }
      if text[index] < 0x80 {
        index += 1
        continue
      }
      let (value, end) = multibyteScalar(at: index, in: text)
      if value == 0xFFFD && end == index + 1 { return index }
      index = end
    }
    return index
  }

  /// Appends `text` to `output` with U+FFFD for each maximal ill-formed part.
  ///
  /// - Returns: The number of parts replaced.
  /// - Source: "maximal subparts", The Unicode Standard, §3.9; the same as Swift and the WHATWG.
  static func append(_ text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) -> Int {
    var rest = text
    var count = 0
    while true {
      let valid = validPrefix(of: rest)
      output.append(contentsOf: rest[..<valid])
      guard valid < rest.count else { return count }
      output.append(contentsOf: "\u{FFFD}".utf8)
      count += 1
      rest = UnsafeBufferPointer(rebasing: rest[(valid + maximalSubpart(of: rest, at: valid))...])
    }
  }

  /// The length of the longest beginning of a well-formed sequence, at least 1.
  private static func maximalSubpart(of text: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
    let first = text[index]
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch first {
    case 0xC2...0xDF: length = 2
    case 0xE0...0xEF:
      length = 3
      if first == 0xE0 { second = 0xA0...0xBF }
      if first == 0xED { second = 0x80...0x9F }
    case 0xF0...0xF4:
      length = 4
      if first == 0xF0 { second = 0x90...0xBF }
      if first == 0xF4 { second = 0x80...0x8F }
    default: return 1
    }
    guard index + 1 < text.count, second.contains(text[index + 1]) else { return 1 }
    var count = 2
    while count < length, index + count < text.count, text[index + count] & 0xC0 == 0x80 {
      count += 1
    }
    return count
  }
}
