/// A value inside a JSON file together with its place, so that errors can name both.
public struct JSONField: Sendable {
  public let value: JSONValue
  public let file: String
  /// Keys and indices from the top, such as `model.vocab` or `added_tokens[3].id`.
  public let path: String

  public init(_ value: JSONValue, file: String, path: String = "") {
    self.value = value
    self.file = file
    self.path = path
  }

  /// Reads a whole file of at most `maximumSize` bytes.
  ///
  /// - Throws: `FileError` if it can't be read, `InputError` if it is too large or no JSON.
  public init(contentsOf path: String, maximumSize: Int = 1 << 28) throws {
    let file = try MappedFile(path)
    guard file.count <= maximumSize else {
      throw InputError(
        file: path, expected: "at most \(maximumSize) bytes of JSON", found: "\(file.count)")
    }
    let value = try withExtendedLifetime(file) {
      try JSONValue(parsing: file.bytes.assumingMemoryBound(to: UInt8.self), file: path)
    }
    self.init(value, file: path)
  }

  public var isNull: Bool {
    if case .null = value { return true }
    return false
  }

  /// The member of an object; null when it is absent or this is no object.
  public subscript(key: String) -> JSONField {
    let place = path.isEmpty ? key : "\(path).\(key)"
    guard case .object(let members) = value,
      let member = members.first(where: { $0.key.utf8.elementsEqual(key.utf8) })
    else { return JSONField(.null, file: file, path: place) }
    return JSONField(member.value, file: file, path: place)
  }

  public func error(expected: String) -> InputError {
    InputError(
      file: file, expected: "\(expected) at \(path.isEmpty ? "the top" : path)", found: summary)
  }

  public func string() throws -> String {
    guard case .string(let string) = value else { throw error(expected: "a string") }
    return string
  }

  public func optionalString() throws -> String? { isNull ? nil : try string() }

  public func integer(in range: ClosedRange<Int>) throws -> Int {
    guard case .integer(let integer) = value, range.contains(integer) else {
      throw error(expected: "an integer from \(range.lowerBound) to \(range.upperBound)")
    }
    return integer
  }

  /// A truth value, or `absent` where there is none.
  public func bool(default absent: Bool) throws -> Bool {
    if isNull { return absent }
    guard case .bool(let bool) = value else { throw error(expected: "true or false") }
    return bool
  }

  public func array() throws -> [JSONField] {
    guard case .array(let elements) = value else { throw error(expected: "an array") }
    return elements.enumerated().map {
      JSONField($0.element, file: file, path: "\(path)[\($0.offset)]")
    }
  }

  /// The members of an object in their order.
  public func members() throws -> [(key: String, value: JSONValue)] {
    guard case .object(let members) = value else { throw error(expected: "an object") }
    return members
  }

  /// The value in a few words, for errors.
  public var summary: String {
    switch value {
    case .null: "nothing"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let value): "\"\(value.prefix(40))\""
    case .array(let elements): "an array of \(elements.count)"
    case .object(let members): "an object of \(members.count)"
    }
  }
}
