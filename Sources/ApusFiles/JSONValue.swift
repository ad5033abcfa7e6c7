/// A JSON text as a tree, with object members in their order.
public indirect enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([(key: String, value: JSONValue)])

  /// Parses a text.
  ///
  /// - Parameters:
  ///   - text: UTF-8.
  ///   - file: The name for errors.
  ///   - depth: The deepest nesting accepted.
  /// - Throws: `InputError` with the line of the first thing that is not JSON.
  public init(
    parsing text: UnsafeBufferPointer<UInt8>, file: String, depth: Int = 64
  ) throws {
    guard String(validating: text, as: UTF8.self) != nil else {
      throw InputError(file: file, expected: "UTF-8", found: "other bytes")
    }
    var scanner = JSONScanner(text)
    do {
      self = try JSONValue(&scanner, depth: depth)
      try scanner.expectEnd()
      if scanner.loneSurrogateCount > 0 {
        throw scanner.failure("both halves of each surrogate pair")
      }
    } catch let failure as JSONScanner.Failure {
      let row = text[..<failure.offset].count { $0 == UInt8(ascii: "\n") } + 1
      let rest = text[failure.offset...].prefix(20)
      let found = rest.isEmpty ? "the end" : "\"\(String(decoding: rest, as: UTF8.self))\""
      throw InputError(file: file, row: row, expected: failure.expected, found: found)
    }
  }

  private init(_ scanner: inout JSONScanner, depth: Int) throws {
    guard depth > 0 else { throw scanner.failure("less nesting") }
    switch scanner.peek() {
    case UInt8(ascii: "{"): self = .object(try Self.members(&scanner, depth: depth - 1))
    case UInt8(ascii: "["): self = .array(try Self.elements(&scanner, depth: depth - 1))
    case UInt8(ascii: "\""): self = .string(try Self.string(&scanner))
    case UInt8(ascii: "t"):
      try scanner.literal("true")
      self = .bool(true)
    case UInt8(ascii: "f"):
      try scanner.literal("false")
      self = .bool(false)
    case UInt8(ascii: "n"):
      try scanner.literal("null")
      self = .null
    default:
      let (text, isInteger) = try scanner.number()
      if isInteger, let value = Int(text) {
        self = .integer(value)
      } else if let value = Double(text) {
        self = .number(value)
      } else {
        throw scanner.failure("a number")
      }
    }
  }

  private static func members(
    _ scanner: inout JSONScanner, depth: Int
  ) throws -> [(key: String, value: JSONValue)] {
    try scanner.expect(UInt8(ascii: "{"))
    var members: [(key: String, value: JSONValue)] = []
    if scanner.take(UInt8(ascii: "}")) { return members }
    repeat {
      let key = try string(&scanner)
      try scanner.expect(UInt8(ascii: ":"))
      members.append((key, try JSONValue(&scanner, depth: depth)))
    } while scanner.take(UInt8(ascii: ","))
    try scanner.expect(UInt8(ascii: "}"))
    return members
  }

  private static func elements(_ scanner: inout JSONScanner, depth: Int) throws -> [JSONValue] {
    try scanner.expect(UInt8(ascii: "["))
    var elements: [JSONValue] = []
    if scanner.take(UInt8(ascii: "]")) { return elements }
    repeat {
      elements.append(try JSONValue(&scanner, depth: depth))
    } while scanner.take(UInt8(ascii: ","))
    try scanner.expect(UInt8(ascii: "]"))
    return elements
  }

  private static func string(_ scanner: inout JSONScanner) throws -> String {
    var bytes: [UInt8] = []
    try scanner.string(into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
