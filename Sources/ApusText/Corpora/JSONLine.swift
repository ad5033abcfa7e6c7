import ApusFiles

/// One line of a JSON lines file.
enum JSONLine {
  /// Appends the string under a key of the object to `output`; false if the key is not there.
  ///
  /// The whole line is checked. Of a key that comes twice the first counts.
  static func text(
    of key: String, _ scanner: inout JSONScanner, into output: inout [UInt8]
  ) throws -> Bool {
    var name: [UInt8] = []
    var isFound = false
    try scanner.expect(UInt8(ascii: "{"))
    guard !scanner.take(UInt8(ascii: "}")) else { return false }
    repeat {
      name.removeAll(keepingCapacity: true)
      try scanner.string(into: &name)
      try scanner.expect(UInt8(ascii: ":"))
      if !isFound, name.elementsEqual(key.utf8) {
        isFound = true
        try scanner.string(into: &output)
      } else {
        try scanner.skipValue()
      }
    } while scanner.take(UInt8(ascii: ","))
    try scanner.expect(UInt8(ascii: "}"))
    try scanner.expectEnd()
    return isFound
  }
}
