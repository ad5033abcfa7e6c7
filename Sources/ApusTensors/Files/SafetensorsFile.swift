import ApusFiles

/// Named tensors in a file of the safetensors format, mapped into memory.
///
/// Everything the header claims is checked on opening: each tensor lies inside the file and has
/// the bytes of its shape, names differ, and together the tensors cover the data without gap or
/// overlap. A Float32 tensor is the mapped bytes themselves, others are converted; nothing else of
/// the file is touched. A file in use may be replaced, by renaming another over it, but not changed.
///
/// - Source: https://github.com/huggingface/safetensors, section "Format".
public struct SafetensorsFile: Sendable {
  /// What the header says of a tensor.
  public struct Entry: Sendable {
    public let name: String
    /// The element type as the format spells it, such as `F32`, `BF16` or `I64`.
    public let type: String
    public let shape: [Int]
    /// Where the elements lie, in bytes from the start of the file.
    let bytes: Range<Int>
  }

  /// The longest header that the format allows.
  static let maximumHeaderLength = 100_000_000

  /// Texts that the writer left, such as `format`.
  public let metadata: [String: String]
  /// The tensors in the order of their data.
  public let entries: [Entry]
  private let indices: [String: Int]
  private let file: MappedFile

  /// Opens a file and checks its header.
  ///
  /// - Throws: `FileError` if the file can't be read, `InputError` for what is wrong with it.
  public init(contentsOf path: String) throws {
    file = try MappedFile(path)
    let header = try SafetensorsHeader(parsing: file.bytes, file: path)
    metadata = header.metadata
    entries = header.entries
    indices = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.name, $0) })
  }

  public var path: String { file.path }

  /// The length of the file.
  public var byteCount: Int { file.count }

  /// The number of values of all tensors; in Double, so that shapes of types that are never read,
  /// which no length bounds, can't overflow.
  public var valueCount: Double {
    entries.reduce(0) { sum, entry in
      // Beside a zero, sizes may be so large that their product is infinite.
      entry.shape.contains(0) ? sum : sum + entry.shape.reduce(1) { $0 * Double($1) }
    }
  }

  public func entry(named name: String) -> Entry? { indices[name].map { entries[$0] } }

  /// Reads a tensor: floating-point types as Float32, integers and truth values as Int32.
  ///
  /// - Throws: `InputError` if there is no such tensor, it has another shape than asked for, a type
  ///   that can't be read, or an integer that Int32 does not hold.
  public func tensor(_ name: String, shape: [Int]? = nil) throws -> Tensor {
    guard let entry = entry(named: name) else {
      throw InputError(
        file: path, expected: "a tensor named \(name)", found: "\(entries.count) others")
    }
    guard shape == nil || shape == entry.shape else {
      throw InputError(
        file: path, expected: "\(name) of shape \(shape ?? [])", found: "\(entry.shape)")
    }
    defer { withExtendedLifetime(file) {} }
    let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[entry.bytes])
    switch entry.type {
    case "F32":
      return Tensor(mapping: bytes, of: file, entry.shape)
        ?? Tensor(copying: bytes, entry.shape, .float32)
    case "BF16": return Tensor(copying: bytes, entry.shape, .bfloat16).converted(to: .float32)
    case "F16": return entry.floats(bytes, of: Float16.self) { Float($0) }
    case "F64": return entry.floats(bytes, of: Double.self) { Float($0) }
    case "I64": return try entry.integers(bytes, of: Int64.self, path)
    case "I32": return Tensor(copying: bytes, entry.shape, .int32)
    case "I16": return try entry.integers(bytes, of: Int16.self, path)
    case "I8": return try entry.integers(bytes, of: Int8.self, path)
    case "U64": return try entry.integers(bytes, of: UInt64.self, path)
    case "U32": return try entry.integers(bytes, of: UInt32.self, path)
    case "U16": return try entry.integers(bytes, of: UInt16.self, path)
    case "U8", "BOOL": return try entry.integers(bytes, of: UInt8.self, path)
    default:
      throw InputError(
        file: path, expected: "\(name) of a type such as F32, BF16, F16 or I64", found: entry.type)
    }
  }
}

extension Tensor {
  /// Float32 elements that stay where they are; nil where they are not aligned.
  init?(mapping bytes: UnsafeRawBufferPointer, of file: MappedFile, _ shape: [Int]) {
    guard let start = bytes.baseAddress, bytes.count > 0,
      Int(bitPattern: start) % MemoryLayout<Float>.alignment == 0
    else { return nil }
    self.init(shape: shape, type: .float32, storage: Storage(bytes, at: start, of: file))
  }

  fileprivate init(copying bytes: UnsafeRawBufferPointer, _ shape: [Int], _ type: ScalarType) {
    self.init(undefined: shape, type)
    if let start = bytes.baseAddress {
      address.copyMemory(from: start, byteCount: count * type.byteCount)
    }
  }
}

extension SafetensorsFile.Entry {
  /// Elements of files need not be aligned: the header may have any length.
  fileprivate func floats<Element: BitwiseCopyable>(
    _ bytes: UnsafeRawBufferPointer, of: Element.Type, _ convert: (Element) -> Float
  ) -> Tensor {
    var result = Tensor(undefined: shape, .float32)
    result.mutate(as: Float.self) { floats in
      for index in floats.indices {
        floats[index] = convert(
          bytes.loadUnaligned(
            fromByteOffset: index * MemoryLayout<Element>.size, as: Element.self))
      }
    }
    return result
  }

  fileprivate func integers<Element: BitwiseCopyable & FixedWidthInteger>(
    _ bytes: UnsafeRawBufferPointer, of: Element.Type, _ path: String
  ) throws -> Tensor {
    var result = Tensor(undefined: shape, .int32)
    try result.mutate(as: Int32.self) { integers in
      for index in integers.indices {
        let element = bytes.loadUnaligned(
          fromByteOffset: index * MemoryLayout<Element>.size, as: Element.self)
        guard let integer = Int32(exactly: element) else {
          throw InputError(
            file: path, row: index + 1, expected: "integers of 32 bits in \(name)",
            found: "\(element)")
        }
        integers[index] = integer
      }
    }
    return result
  }
}
