import ApusFiles

/// One line of a JSON lines file.
enum JSONLine {
  /// Appends the string under a key of the object to `output`.
  ///
  /// The whole line is checked. Of a key that comes twice the first counts.
  ///
  /// - Parameters:
  ///   - key: The key.
  ///   - line: The line, without its end.
  ///   - file: The file, for errors.
  ///   - row: The row of the line, for errors.
  ///   - isStrict: Whether half a surrogate pair is an error.
  ///   - output: Where the string goes.
  /// - Returns: The halves of surrogate pairs that stood alone and became U+FFFD.
  /// - Throws: `InputError` naming the keys of an object without this one, or what is no object, or for
  ///   half a surrogate pair.
  static func text(
    of key: String, in line: UnsafeBufferPointer<UInt8>, file: String, row: Int,
    isStrict: Bool = false, into output: inout [UInt8]
  ) throws(InputError) -> Int {
    var scanner = JSONScanner(line)
    var isFound = false
    var keys: [String] = []
    do {
      try readMembers(&scanner) { name, scanner in
        guard !isFound, name.elementsEqual(key.utf8) else { return try scanner.skipValue() }
        isFound = true
        try scanner.string(into: &output)
      }
      if !isFound {
        var names = JSONScanner(line)
        try readMembers(&names) { name, scanner in
          keys.append(String(decoding: name, as: UTF8.self))
          try scanner.skipValue()
        }
      }
    } catch {
      throw InputError(error, in: line, file: file, row: row)
    }
    guard isFound else { throw InputError(missing: key, of: keys, file: file, row: row) }
    guard !isStrict || scanner.loneSurrogateCount == 0 else {
      throw InputError(
        file: file, row: row, expected: "both halves of each surrogate pair",
        found: "a half alone")
    }
    return scanner.loneSurrogateCount
  }

  /// Reads an object to the end of its line; `read` takes the value of each key.
  private static func readMembers(
    _ scanner: inout JSONScanner, _ read: (_ name: [UInt8], inout JSONScanner) throws -> Void
  ) throws {
    var name: [UInt8] = []
    try scanner.expect(UInt8(ascii: "{"))
    if !scanner.take(UInt8(ascii: "}")) {
      repeat {
        name.removeAll(keepingCapacity: true)
        try scanner.string(into: &name)
        try scanner.expect(UInt8(ascii: ":"))
        try read(name, &scanner)
      } while scanner.take(UInt8(ascii: ","))
      try scanner.expect(UInt8(ascii: "}"))
    }
    try scanner.expectEnd()
  }
}
