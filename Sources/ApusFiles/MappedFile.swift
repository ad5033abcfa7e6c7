import Glibc

/// A file mapped read-only into memory: pages are read when touched and given back under pressure.
public final class MappedFile: Sendable {
  public let path: String
  public let count: Int
  private let base: UInt

  /// Maps a whole file.
  ///
  /// - Throws: `FileError` if it can't be opened or mapped, or is not a regular file.
  public init(_ path: String) throws {
    self.path = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(file: path, operation: "open", code: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw FileError(file: path, operation: "inspect", code: errno)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileError(file: path, operation: "map", code: EISDIR)
    }
    count = Int(status.st_size)
    guard count > 0 else {
      base = 0
      return
    }
    guard let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0),
      address != MAP_FAILED
    else { throw FileError(file: path, operation: "map", code: errno) }
    base = UInt(bitPattern: address)
  }

  deinit {
    if count > 0 { munmap(UnsafeMutableRawPointer(bitPattern: base), count) }
  }

  /// The file as text, in which what is not UTF-8 became U+FFFD.
  public var text: String {
    withExtendedLifetime(self) { String(decoding: bytes, as: UTF8.self) }
  }

  /// The bytes, valid as long as the mapping lives.
  public var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: base), count: count)
  }

  /// Gives back the memory of a part, as far as it has whole pages; it is read again when touched.
  public func unload(_ part: Range<Int>) {
    let page = sysconf(Int32(_SC_PAGESIZE))
    let start = (part.lowerBound + page - 1) / page * page
    let end = part.upperBound / page * page
    guard start < end, let address = UnsafeMutableRawPointer(bitPattern: base) else { return }
    madvise(address + start, end - start, MADV_DONTNEED)
  }
}
