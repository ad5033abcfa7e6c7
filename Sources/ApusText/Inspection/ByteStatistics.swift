import ApusFiles

/// What the bytes of text files are, before anything is repaired or taken apart.
public struct ByteStatistics: Sendable, Equatable {
  public var files = 0
  public var bytes = 0
  /// Bytes that are not part of well-formed UTF-8.
  public var illFormed = Sightings()
  /// Bytes of value 0.
  public var nul = Sightings()
  /// Control characters other than tab, line feed, form feed, carriage return and NUL.
  public var controls = Sightings()
  /// Lines that end as on Unix, as on Windows, and as on old Macs.
  public var lineFeeds = Sightings()
  public var carriageReturnLineFeeds = Sightings()
  public var carriageReturns = Sightings()
  /// Files that begin with the mark of UTF-16, each at its first row.
  public var utf16 = Sightings()

  public init() {}

  /// Reads files, gzip or not.
  ///
  /// - Throws: `FileError`; `InputError` for damaged gzip.
  public mutating func read(_ paths: [String]) throws {
    for path in paths {
      var scan = ByteScan(file: path)
      try scan.run(&self)
    }
  }
}

/// A pass over the bytes of one file.
private struct ByteScan {
  let file: String
  private var row = 1
  /// Whether the last byte was a carriage return, which a line feed may follow.
  private var endsInReturn = false

  init(file: String) { self.file = file }

  private var place: Corpus.Place { Corpus.Place(file: file, row: row) }

  mutating func run(_ result: inout ByteStatistics) throws {
    let reader = try ByteReader(file)
    result.files += 1
    // The beginning of a scalar at the end of one chunk is moved to the start of the next.
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { chunk.deallocate() }
    var kept = 0
    var isFirst = true
    while true {
      let count = try reader.read(into: UnsafeMutableRawBufferPointer(rebasing: chunk[kept...]))
      result.bytes += count
      let bytes = UnsafeBufferPointer(
        start: chunk.assumingMemoryBound(to: UInt8.self).baseAddress, count: kept + count)
      if isFirst, bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
        result.utf16.add(place)
      }
      isFirst = false
      let end = count == 0 ? bytes.count : Self.wholeScalars(of: bytes)
      scan(UnsafeBufferPointer(rebasing: bytes[..<end]), &result)
      guard count > 0 else { break }
      kept = bytes.count - end
      chunk.copyMemory(from: UnsafeRawBufferPointer(rebasing: chunk[end..<bytes.count]))
    }
    if endsInReturn { result.carriageReturns.add(place) }
  }

  /// The number of bytes before a scalar that may go on behind the end.
  private static func wholeScalars(of bytes: UnsafeBufferPointer<UInt8>) -> Int {
    for start in stride(from: bytes.count - 1, through: max(0, bytes.count - 3), by: -1) {
      let byte = bytes[start]
      if byte & 0xC0 == 0x80 { continue }
      let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
      return start + length > bytes.count ? start : bytes.count
    }
    return bytes.count
  }

  private mutating func scan(
    _ bytes: UnsafeBufferPointer<UInt8>, _ result: inout ByteStatistics
  ) {
    var rest = bytes
    while !rest.isEmpty {
      let valid = UTF8Repair.validPrefix(of: rest)
      scanControls(UnsafeBufferPointer(rebasing: rest[..<valid]), &result)
      guard valid < rest.count else { return }
      result.illFormed.add(place)
      endsInReturn = false
      rest = UnsafeBufferPointer(rebasing: rest[(valid + 1)...])
    }
  }

  private mutating func scanControls(
    _ bytes: UnsafeBufferPointer<UInt8>, _ result: inout ByteStatistics
  ) {
    for index in bytes.indices {
      let byte = bytes[index]
      // What most text is made of; C2 begins the control characters U+0080 to U+009F.
      if byte >= 0x20, byte != 0x7F, byte != 0xC2, !endsInReturn { continue }
      if endsInReturn, byte != UInt8(ascii: "\n") {
        result.carriageReturns.add(place)
        row += 1
      }
      switch byte {
      case UInt8(ascii: "\n"):
        if endsInReturn {
          result.carriageReturnLineFeeds.add(place)
        } else {
          result.lineFeeds.add(place)
        }
        row += 1
      case 0: result.nul.add(place)
      case 0x09, 0x0C, 0x0D: break
      case 0xC2:
        if index + 1 < bytes.count, bytes[index + 1] < 0xA0 { result.controls.add(place) }
      case 1..<0x20, 0x7F: result.controls.add(place)
      default: break
      }
      endsInReturn = byte == UInt8(ascii: "\r")
    }
  }
}
