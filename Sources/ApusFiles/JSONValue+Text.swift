extension JSONValue {
  /// The value as indented JSON, members in their order; a non-finite number becomes null.
  public var text: String {
    var bytes: [UInt8] = []
    write(to: &bytes, indentation: 0)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The value on one line, as JSON lines have it.
  public var line: String {
    var bytes: [UInt8] = []
    write(to: &bytes, indentation: nil)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Writes the value; without an indentation, on one line.
  private func write(to output: inout [UInt8], indentation: Int?) {
    switch self {
    case .null: output.append(contentsOf: "null".utf8)
    case .bool(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
    case .integer(let value): output.append(contentsOf: String(value).utf8)
    case .number(let value):
      output.append(contentsOf: (value.isFinite ? "\(value)" : "null").utf8)
    case .string(let value): Self.write(value, to: &output)
    case .array(let elements):
      Self.write(elements, between: "[]", to: &output, indentation: indentation) {
        $1.write(to: &$0, indentation: indentation.map { $0 + 2 })
      }
    case .object(let members):
      Self.write(members, between: "{}", to: &output, indentation: indentation) {
        Self.write($1.key, to: &$0)
        $0.append(contentsOf: ": ".utf8)
        $1.value.write(to: &$0, indentation: indentation.map { $0 + 2 })
      }
    }
  }

  private static func write<Item>(
    _ items: [Item], between brackets: String, to output: inout [UInt8], indentation: Int?,
    _ body: (inout [UInt8], Item) -> Void
  ) {
    guard !items.isEmpty else { return output.append(contentsOf: brackets.utf8) }
    output.append(contentsOf: brackets.utf8.prefix(1))
    for (index, item) in items.enumerated() {
      if index > 0 { output.append(contentsOf: (indentation == nil ? ", " : ",").utf8) }
      breakLine(&output, indentation.map { $0 + 2 })
      body(&output, item)
    }
    breakLine(&output, indentation)
    output.append(contentsOf: brackets.utf8.suffix(1))
  }

  private static func breakLine(_ output: inout [UInt8], _ indentation: Int?) {
    guard let indentation else { return }
    output.append(UInt8(ascii: "\n"))
    output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indentation))
  }

  private static func write(_ value: String, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    for byte in value.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        output.append(UInt8(ascii: "\\"))
        output.append(byte)
      case UInt8(ascii: "\n"): output.append(contentsOf: "\\n".utf8)
      case UInt8(ascii: "\r"): output.append(contentsOf: "\\r".utf8)
      case UInt8(ascii: "\t"): output.append(contentsOf: "\\t".utf8)
      case 0..<0x20:
        let digits = String(byte, radix: 16)
        output.append(contentsOf: (byte < 16 ? "\\u000" : "\\u00").utf8)
        output.append(contentsOf: digits.utf8)
      default: output.append(byte)
      }
    }
    output.append(UInt8(ascii: "\""))
  }
}
