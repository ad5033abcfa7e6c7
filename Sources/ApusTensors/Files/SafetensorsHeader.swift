import ApusFiles

/// The JSON object at the start of a safetensors file, read without building a tree so that a
/// hostile header takes no more memory than its bytes.
struct SafetensorsHeader {
  private(set) var metadata: [String: String] = [:]
  private(set) var entries: [SafetensorsFile.Entry] = []

  private let file: String
  /// The bytes of the tensors, from the start of the file.
  private let data: Range<Int>

  init(parsing bytes: UnsafeRawBufferPointer, file: String) throws {
    guard bytes.count >= 8 else {
      throw InputError(
        file: file, expected: "the length of a safetensors header", found: "\(bytes.count) bytes")
    }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    let limit = min(SafetensorsFile.maximumHeaderLength, bytes.count - 8)
    guard length <= UInt64(limit) else {
      throw InputError(
        file: file, expected: "a safetensors header of at most \(limit) bytes", found: "\(length)")
    }
    self.file = file
    data = 8 + Int(length)..<bytes.count
    let text = UnsafeRawBufferPointer(rebasing: bytes[8..<data.lowerBound])
      .assumingMemoryBound(to: UInt8.self)
    var scanner = JSONScanner(text)
    do {
      try parse(&scanner)
    } catch let failure as JSONScanner.Failure {
      let rest = text[failure.offset...].prefix(20)
      throw InputError(
        file: file, expected: "\(failure.expected) at byte \(failure.offset) of the header",
        found: rest.isEmpty ? "its end" : "\"\(String(decoding: rest, as: UTF8.self))\"")
    }
    try requireCoverage()
  }

  private mutating func parse(_ scanner: inout JSONScanner) throws {
    var names: Set<String> = []
    try scanner.expect(UInt8(ascii: "{"))
    if !scanner.take(UInt8(ascii: "}")) {
      repeat {
        let name = try Self.string(&scanner)
        guard names.insert(name).inserted else {
          throw InputError(file: file, expected: "different names", found: "\(name) twice")
        }
        try scanner.expect(UInt8(ascii: ":"))
        if name == "__metadata__" {
          try parseMetadata(&scanner)
        } else {
          entries.append(try entry(name, &scanner))
        }
      } while scanner.take(UInt8(ascii: ","))
      try scanner.expect(UInt8(ascii: "}"))
    }
    try scanner.expectEnd()
  }

  private mutating func parseMetadata(_ scanner: inout JSONScanner) throws {
    try scanner.expect(UInt8(ascii: "{"))
    if scanner.take(UInt8(ascii: "}")) { return }
    repeat {
      let key = try Self.string(&scanner)
      try scanner.expect(UInt8(ascii: ":"))
      metadata[key] = try Self.string(&scanner)
    } while scanner.take(UInt8(ascii: ","))
    try scanner.expect(UInt8(ascii: "}"))
  }

  private func entry(
    _ name: String, _ scanner: inout JSONScanner
  ) throws -> SafetensorsFile.Entry {
    var type: String?
    var shape: [Int]?
    var offsets: [Int]?
    try scanner.expect(UInt8(ascii: "{"))
    repeat {
      let key = try Self.string(&scanner)
      try scanner.expect(UInt8(ascii: ":"))
      switch key {
      case "dtype" where type == nil: type = try Self.string(&scanner)
      case "shape" where shape == nil: shape = try Self.integers(&scanner)
      case "data_offsets" where offsets == nil: offsets = try Self.integers(&scanner)
      default:
        throw InputError(
          file: file, expected: "dtype, shape and data_offsets of \(name) once each", found: key)
      }
    } while scanner.take(UInt8(ascii: ","))
    try scanner.expect(UInt8(ascii: "}"))
    guard let type, let shape, let offsets else {
      throw InputError(
        file: file, expected: "dtype, shape and data_offsets of \(name)", found: "fewer")
    }
    guard offsets.count == 2, offsets[0] <= offsets[1], offsets[1] <= data.count else {
      throw InputError(
        file: file, expected: "data_offsets of \(name) inside \(data.count) bytes of data",
        found: "\(offsets)")
    }
    if let bits = Self.bitCount[type] {
      // Axes of size 0 count as 1, so that no product of some of the sizes can overflow later.
      let product = shape.reduce((bits, false)) { product, size in
        let (value, overflow) = product.0.multipliedReportingOverflow(by: max(size, 1))
        return (value, product.1 || overflow)
      }
      let isEmpty = shape.contains(0)
      guard !product.1, (isEmpty ? 0 : product.0) == 8 * (offsets[1] - offsets[0]) else {
        throw InputError(
          file: file, expected: "as many bytes as \(name) has elements: \(type) \(shape)",
          found: "\(offsets[1] - offsets[0])")
      }
    }
    return SafetensorsFile.Entry(
      name: name, type: type, shape: shape,
      bytes: data.lowerBound + offsets[0]..<data.lowerBound + offsets[1])
  }

  /// Sorts the entries by their data and refuses gaps and overlaps, as the reference reader does.
  private mutating func requireCoverage() throws {
    entries.sort {
      ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound)
    }
    var end = data.lowerBound
    for entry in entries {
      guard entry.bytes.lowerBound == end else {
        throw InputError(
          file: file, expected: "\(entry.name) at byte \(end - data.lowerBound) of the data",
          found: "\(entry.bytes.lowerBound - data.lowerBound)")
      }
      end = entry.bytes.upperBound
    }
    guard end == data.upperBound else {
      throw InputError(
        file: file, expected: "\(end - data.lowerBound) bytes of data", found: "\(data.count)")
    }
  }

  /// The size of an element; types that are not here can stand in a file but are never read.
  private static let bitCount = [
    "F64": 64, "F32": 32, "F16": 16, "BF16": 16, "I64": 64, "I32": 32, "I16": 16, "I8": 8,
    "U64": 64, "U32": 32, "U16": 16, "U8": 8, "BOOL": 8,
  ]

  private static func string(_ scanner: inout JSONScanner) throws -> String {
    var bytes: [UInt8] = []
    try scanner.string(into: &bytes)
    guard let string = String(validating: bytes, as: UTF8.self) else {
      throw scanner.failure("UTF-8")
    }
    return string
  }

  private static func integers(_ scanner: inout JSONScanner) throws -> [Int] {
    var integers: [Int] = []
    try scanner.expect(UInt8(ascii: "["))
    if scanner.take(UInt8(ascii: "]")) { return integers }
    repeat {
      guard scanner.peek() != nil, integers.count < 32,
        case let (text, true) = try scanner.number(),
        let integer = Int(text), integer >= 0
      else { throw scanner.failure("at most 32 integers that are not negative") }
      integers.append(integer)
    } while scanner.take(UInt8(ascii: ","))
    try scanner.expect(UInt8(ascii: "]"))
    return integers
  }
}
