/// Walks over JSON text byte by byte.
///
/// Written by hand for three reasons: lines of corpora are scanned at the speed of their bytes;
/// the keys of vocabularies differ in ways that Swift's `String` equality (canonical equivalence)
/// does not see; and nesting is bounded.
///
/// - Source: RFC 8259.
public struct JSONScanner {
  /// What is wrong, and the offset of the byte where it shows.
  public struct Failure: Error {
    public var offset: Int
    public var expected: String
  }

  private let text: UnsafeBufferPointer<UInt8>
  public private(set) var position = 0
  /// Escaped halves of surrogate pairs that stood alone and became U+FFFD.
  public private(set) var loneSurrogateCount = 0

  public init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  public var isAtEnd: Bool { position >= text.count }

  /// The next byte that is not white space, without consuming it; nil at the end.
  public mutating func peek() -> UInt8? {
    while position < text.count {
      switch text[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return text[position]
      }
    }
    return nil
  }

  public mutating func expect(_ byte: UInt8) throws {
    guard peek() == byte else { throw failure("'\(Character(Unicode.Scalar(byte)))'") }
    position += 1
  }

  /// Consumes the byte if it is the next one.
  public mutating func take(_ byte: UInt8) -> Bool {
    guard peek() == byte else { return false }
    position += 1
    return true
  }

  public mutating func expectEnd() throws {
    guard peek() == nil else { throw failure("the end of the text") }
  }

  public func failure(_ expected: String) -> Failure {
    Failure(offset: min(position, text.count), expected: expected)
  }

  /// Appends the bytes of a string literal to `output`, escapes undone.
  public mutating func string(into output: inout [UInt8]) throws {
    try expect(UInt8(ascii: "\""))
    while true {
      let start = position
      while position < text.count, text[position] >= 0x20, text[position] != UInt8(ascii: "\""),
        text[position] != UInt8(ascii: "\\")
      {
        position += 1
      }
      output.append(contentsOf: text[start..<position])
      guard position < text.count else { throw failure("the end of a string") }
      switch text[position] {
      case UInt8(ascii: "\""):
        position += 1
        return
      case UInt8(ascii: "\\"):
        position += 1
        try escape(into: &output)
      default: throw failure("an escaped control character")
      }
    }
  }

  private mutating func escape(into output: inout [UInt8]) throws {
    guard position < text.count else { throw failure("an escape") }
    let letter = text[position]
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): output.append(letter)
    case UInt8(ascii: "b"): output.append(0x08)
    case UInt8(ascii: "f"): output.append(0x0C)
    case UInt8(ascii: "n"): output.append(0x0A)
    case UInt8(ascii: "r"): output.append(0x0D)
    case UInt8(ascii: "t"): output.append(0x09)
    case UInt8(ascii: "u"): try unicodeEscape(into: &output)
    default:
      position -= 1
      throw failure("one of \" \\ / b f n r t u behind a backslash")
    }
  }

  private mutating func unicodeEscape(into output: inout [UInt8]) throws {
    var value = try fourHexDigits()
    if 0xD800..<0xDC00 ~= value, position + 1 < text.count, text[position] == UInt8(ascii: "\\"),
      text[position + 1] == UInt8(ascii: "u")
    {
      let afterHigh = position
      position += 2
      let low = try fourHexDigits()
      if 0xDC00..<0xE000 ~= low {
        value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
      } else {
        position = afterHigh
      }
    }
    if let scalar = Unicode.Scalar(value) {
      output.append(contentsOf: scalar.utf8)
    } else {
      loneSurrogateCount += 1
      output.append(contentsOf: "\u{FFFD}".utf8)
    }
  }

  private mutating func fourHexDigits() throws -> UInt32 {
    guard position + 4 <= text.count else { throw failure("four hexadecimal digits") }
    var value: UInt32 = 0
    for _ in 0..<4 {
      switch text[position] {
      case let digit where UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit:
        value = value << 4 | UInt32(digit - UInt8(ascii: "0"))
      case let digit where UInt8(ascii: "a")...UInt8(ascii: "f") ~= digit | 0x20:
        value = value << 4 | UInt32((digit | 0x20) - UInt8(ascii: "a") + 10)
      default: throw failure("four hexadecimal digits")
      }
      position += 1
    }
    return value
  }

  /// Consumes a literal such as `true`.
  public mutating func literal(_ word: StaticString) throws {
    let count = word.utf8CodeUnitCount
    guard position + count <= text.count,
      text[position..<position + count].elementsEqual(
        UnsafeBufferPointer(start: word.utf8Start, count: count))
    else { throw failure("\(word)") }
    position += count
  }

  /// The bytes of a number, checked against JSON's grammar.
  public mutating func number() throws -> (text: Substring, isInteger: Bool) {
    let start = position
    if position < text.count, text[position] == UInt8(ascii: "-") { position += 1 }
    let digitsStart = position
    try digits()
    if text[digitsStart] == UInt8(ascii: "0"), position > digitsStart + 1 {
      position = digitsStart
      throw failure("a number without leading zeros")
    }
    var isInteger = true
    if position < text.count, text[position] == UInt8(ascii: ".") {
      isInteger = false
      position += 1
      try digits()
    }
    if position < text.count, text[position] | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      position += 1
      if position < text.count,
        text[position] == UInt8(ascii: "+") || text[position] == UInt8(ascii: "-")
      {
        position += 1
      }
      try digits()
    }
    return (Substring(decoding: text[start..<position], as: UTF8.self), isInteger)
  }

  private mutating func digits() throws {
    let start = position
    while position < text.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= text[position] {
      position += 1
    }
    guard position > start else { throw failure("a digit") }
  }

  /// Consumes a whole value that nobody needs, nested up to `depth` levels.
  public mutating func skipValue(depth: Int = 64) throws {
    guard depth > 0 else { throw failure("less nesting") }
    switch peek() {
    case UInt8(ascii: "{"):
      position += 1
      if take(UInt8(ascii: "}")) { return }
      repeat {
        try skipString()
        try expect(UInt8(ascii: ":"))
        try skipValue(depth: depth - 1)
      } while take(UInt8(ascii: ","))
      try expect(UInt8(ascii: "}"))
    case UInt8(ascii: "["):
      position += 1
      if take(UInt8(ascii: "]")) { return }
      repeat { try skipValue(depth: depth - 1) } while take(UInt8(ascii: ","))
      try expect(UInt8(ascii: "]"))
    case UInt8(ascii: "\""): try skipString()
    case UInt8(ascii: "t"): try literal("true")
    case UInt8(ascii: "f"): try literal("false")
    case UInt8(ascii: "n"): try literal("null")
    default: _ = try number()
    }
  }

  private mutating func skipString() throws {
    try expect(UInt8(ascii: "\""))
    while position < text.count {
      switch text[position] {
      case UInt8(ascii: "\""):
        position += 1
        return
      case UInt8(ascii: "\\"): position += 2
      default: position += 1
      }
    }
    throw failure("the end of a string")
  }
}
