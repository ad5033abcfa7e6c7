import CZlib
import Glibc

/// Reads a file or standard input from front to back, unpacking gzip on the way.
///
/// Gzip is known by its first two bytes, not by the file's name; several members in one file are
/// read as one stream, as gzip(1) does.
public final class ByteReader {
  /// The path, or `standard input`.
  public let name: String
  private let descriptor: Int32
  private let isOwned: Bool
  private let input: UnsafeMutableRawBufferPointer
  private var inputRange = 0..<0
  private var inflater: Inflater?

  /// Opens a file.
  ///
  /// - Parameter path: A path, or `-` for standard input.
  /// - Throws: `FileError` if the file can't be opened or read, `InputError` for a bad gzip header.
  public init(_ path: String) throws {
    let isInput = path == "-"
    name = isInput ? "standard input" : path
    descriptor = isInput ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    isOwned = !isInput
    input = .allocate(byteCount: 1 << 18, alignment: 16)
    guard descriptor >= 0 else { throw FileError(file: path, operation: "open", code: errno) }
    // A pipe may hand over a single byte first: both are needed to tell gzip from text.
    while inputRange.count < 2, try fill() {}
    if inputRange.count >= 2, input[0] == 0x1F, input[1] == 0x8B {
      inflater = try Inflater(file: name)
    }
  }

  deinit {
    input.deallocate()
    if isOwned && descriptor >= 0 { close(descriptor) }
  }

  /// Reads up to `buffer.count` bytes.
  ///
  /// - Returns: The number of bytes read; 0 only at the end.
  /// - Throws: `FileError` when the system fails, `InputError` for damaged gzip data.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard buffer.count > 0 else { return 0 }
    guard let inflater else { return try copy(into: buffer) }
    while true {
      // Also without input: zlib may hold back output for which there was no room.
      let (consumed, produced) = try inflater.inflate(
        UnsafeRawBufferPointer(rebasing: input[inputRange]), into: buffer)
      inputRange = inputRange.lowerBound + consumed..<inputRange.upperBound
      if produced > 0 { return produced }
      if inputRange.isEmpty, try !fill() {
        guard inflater.isBetweenMembers else {
          throw InputError(
            file: name, expected: "gzip data to its end", found: "a truncated stream")
        }
        return 0
      }
    }
  }

  private func copy(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    if inputRange.isEmpty { return try readDescriptor(into: buffer) }
    let part = UnsafeRawBufferPointer(rebasing: input[inputRange].prefix(buffer.count))
    buffer.copyMemory(from: part)
    inputRange = inputRange.lowerBound + part.count..<inputRange.upperBound
    return part.count
  }

  /// Reads more packed bytes behind those not yet used; false at the end of the file.
  private func fill() throws -> Bool {
    if inputRange.isEmpty { inputRange = 0..<0 }
    let count = try readDescriptor(
      into: UnsafeMutableRawBufferPointer(rebasing: input[inputRange.upperBound...]))
    inputRange = inputRange.lowerBound..<inputRange.upperBound + count
    return count > 0
  }

  private func readDescriptor(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      if errno != EINTR { throw FileError(file: name, operation: "read", code: errno) }
    }
  }
}

/// A zlib stream that unpacks gzip members.
private final class Inflater {
  private let file: String
  // zlib keeps a pointer to the stream and refuses one that has moved.
  private let stream: UnsafeMutablePointer<z_stream>
  private(set) var isBetweenMembers = false

  init(file: String) throws {
    self.file = file
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let gzipOnly: Int32 = 15 + 16
    let code = inflateInit2_(
      stream, gzipOnly, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else { throw FileError(file: file, operation: "unpack", code: ENOMEM) }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  func inflate(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) throws -> (consumed: Int, produced: Int) {
    if isBetweenMembers {
      guard !source.isEmpty else { return (0, 0) }
      // gzip(1) ignores zeros behind the last member: tapes were padded with them.
      if source.first == 0 { return (source.count, 0) }
      inflateReset(stream)
      isBetweenMembers = false
    }
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: source.assumingMemoryBound(to: UInt8.self).baseAddress)
    stream.pointee.avail_in = UInt32(clamping: source.count)
    stream.pointee.next_out = target.assumingMemoryBound(to: UInt8.self).baseAddress
    let room = UInt32(clamping: target.count)
    stream.pointee.avail_out = room
    let code = CZlib.inflate(stream, Z_NO_FLUSH)
    switch code {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END: isBetweenMembers = true
    default:
      let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib error \(code)"
      throw InputError(file: file, expected: "gzip data", found: "damage (\(reason))")
    }
    return (
      source.count - Int(stream.pointee.avail_in), Int(room - stream.pointee.avail_out)
    )
  }
}
