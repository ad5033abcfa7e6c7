import ApusFiles

/// The floating-point arrays of an HDF5 file of the format's first layout, mapped into memory.
///
/// That is what h5py writes with `libver="earliest"`, as it did by default for long: groups as B-trees
/// of symbols, and arrays that lie in one piece. Compressed, chunked or empty arrays, and all else that
/// the format has, are passed over. What the file claims is checked before it is used.
///
/// - Source: HDF5 File Format Specification Version 3.0, with superblocks of version 0 and 1.
public struct HDF5File: Sendable {
  /// An array in the file.
  private struct Dataset {
    var shape: [Int] = []
    /// The bytes of an element; nil for other types than little-endian floats.
    var width: Int?
    /// Where the elements lie; nil where they are in pieces.
    var bytes: Range<Int>?
  }

  public let path: String
  private let file: MappedFile
  private var datasets: [String: Dataset] = [:]

  /// Groups in groups beyond this depth are refused.
  private static let maximumDepth = 32
  /// The most arrays of a file.
  private static let maximumCount = 1 << 16

  /// Opens a file and finds its arrays.
  ///
  /// - Throws: `FileError` if the file can't be read, `InputError` for what is no such file.
  public init(contentsOf path: String) throws {
    self.path = path
    file = try MappedFile(path)
    let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    guard file.count > 96, file.bytes.prefix(8).elementsEqual(signature) else {
      throw failure("a file of HDF5", "another signature")
    }
    let version = Int(file.bytes[8])
    guard version < 2, file.bytes[13] == 8, file.bytes[14] == 8 else {
      throw failure("a superblock of version 0 or 1 with 8-byte addresses", "version \(version)")
    }
    // The entry of the root group stands behind four addresses.
    let root = (version == 0 ? 24 : 28) + 4 * 8
    try readObject(at: try readAddress(at: root + 8), name: "", depth: 0)
  }

  /// The names of all arrays, with the groups around them before slashes.
  public var names: [String] { datasets.keys.sorted() }

  /// The number of values of an array; nil if there is no such.
  public func shape(of name: String) -> [Int]? { datasets[name]?.shape }

  /// Reads an array as Float32.
  ///
  /// - Throws: `InputError` if there is none of this name and shape that lies in one piece.
  public func tensor(_ name: String, shape: [Int]) throws -> Tensor {
    guard let dataset = datasets[name] else {
      throw failure("an array named \(name)", "\(datasets.count) others")
    }
    guard dataset.shape == shape else {
      throw failure("\(name) of shape \(shape)", "\(dataset.shape)")
    }
    guard let width = dataset.width, let range = dataset.bytes else {
      throw failure("\(name) as floats in one piece", "another form")
    }
    let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[range])
    defer { withExtendedLifetime(file) {} }
    let values = (0..<shape.reduce(1, *)).map { index in
      width == 4
        ? bytes.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
        : Float(bytes.loadUnaligned(fromByteOffset: 8 * index, as: Double.self))
    }
    return Tensor(values, shape)
  }

  private func failure(_ expected: String, _ found: String) -> InputError {
    InputError(file: path, expected: expected, found: found)
  }

  /// A little-endian number of some bytes.
  private func integer(at offset: Int, width: Int = 8) throws -> Int {
    guard offset >= 0, offset <= file.count - width else {
      throw failure("an address within its \(file.count) bytes", "\(offset)")
    }
    let value = (0..<width).reduce(UInt64(0)) {
      $0 | UInt64(file.bytes[offset + $1]) << UInt64(8 * $1)
    }
    // Addresses that are not defined are all ones.
    return Int(exactly: value) ?? -1
  }

  /// An address, or a length, within the file.
  private func readAddress(at offset: Int) throws -> Int {
    let address = try integer(at: offset)
    guard 0...file.count ~= address else {
      throw failure("an address within its \(file.count) bytes", "\(address)")
    }
    return address
  }

  private func require(_ signature: String, at offset: Int) throws {
    _ = try integer(at: offset)
    guard file.bytes[offset..<offset + 4].elementsEqual(signature.utf8) else {
      throw failure("\(signature) at byte \(offset)", "something else")
    }
  }
}

extension HDF5File {
  /// Reads a group or an array.
  private mutating func readObject(at address: Int, name: String, depth: Int) throws {
    guard depth < Self.maximumDepth, datasets.count < Self.maximumCount else {
      throw failure("at most \(Self.maximumCount) arrays in \(Self.maximumDepth) groups", "more")
    }
    guard try integer(at: address, width: 1) == 1 else {
      throw failure("an object header of version 1 for /\(name)", "another")
    }
    var dataset = Dataset()
    var blocks = [(start: address + 16, size: try integer(at: address + 8, width: 4))]
    var left = try integer(at: address + 2, width: 2)
    while let block = blocks.popLast() {
      var offset = block.start
      while left > 0, offset + 8 <= block.start + block.size {
        let size = try integer(at: offset + 2, width: 2)
        let data = offset + 8
        switch try integer(at: offset, width: 2) {
        case 0x01: dataset.shape = try shape(at: data, name: name)
        case 0x03: dataset.width = try floatWidth(at: data)
        case 0x08: dataset.bytes = try contiguous(at: data, name: name)
        case 0x10: blocks.append((try readAddress(at: data), try readAddress(at: data + 8)))
        case 0x11:
          let heap = try readAddress(at: data + 8)
          try readGroup(
            try readAddress(at: data), names: try readAddress(at: heap + 24), in: name, depth: depth
          )
          return
        default: break
        }
        left -= 1
        offset = data + size
      }
    }
    if let bytes = dataset.bytes, let width = dataset.width {
      let count = dataset.shape.reduce(1.0) { $0 * Double($1) }
      guard count * Double(width) == Double(bytes.count) else {
        throw failure("\(dataset.shape) values of /\(name)", "\(bytes.count) bytes")
      }
    }
    datasets[name] = dataset
  }

  /// Reads the members of a group from a node of its tree.
  private mutating func readGroup(
    _ address: Int, names: Int, in group: String, depth: Int
  ) throws {
    try require("TREE", at: address)
    let level = try integer(at: address + 5, width: 1)
    let count = try integer(at: address + 6, width: 2)
    for index in 0..<count {
      // Keys stand between the children.
      let child = try readAddress(at: address + 24 + 8 + 16 * index)
      guard level == 0 else {
        guard depth < Self.maximumDepth else {
          throw failure("at most \(Self.maximumDepth) levels of /\(group)", "more")
        }
        try readGroup(child, names: names, in: group, depth: depth + 1)
        continue
      }
      try require("SNOD", at: child)
      for entry in 0..<(try integer(at: child + 6, width: 2)) {
        let place = child + 8 + 40 * entry
        let name = try text(at: names + readAddress(at: place))
        try readObject(
          at: try readAddress(at: place + 8), name: group.isEmpty ? name : "\(group)/\(name)",
          depth: depth + 1)
      }
    }
  }

  private func text(at offset: Int) throws -> String {
    guard file.bytes.indices.contains(offset),
      let end = file.bytes[offset...].prefix(1024).firstIndex(of: 0)
    else { throw failure("a name at byte \(offset)", "none") }
    return String(decoding: file.bytes[offset..<end], as: UTF8.self)
  }

  private func shape(at offset: Int, name: String) throws -> [Int] {
    let version = try integer(at: offset, width: 1)
    let rank = try integer(at: offset + 1, width: 1)
    let start = offset + (version == 1 ? 8 : 4)
    let shape = try (0..<rank).map { try integer(at: start + 8 * $0) }
    guard shape.allSatisfy({ 1...Int(Int32.max) ~= $0 }) else {
      throw failure("a shape of /\(name)", "\(shape)")
    }
    return shape
  }

  /// The bytes of little-endian IEEE floats; nil for other types.
  private func floatWidth(at offset: Int) throws -> Int? {
    let isFloat = try integer(at: offset, width: 1) & 15 == 1
    let isLittleEndian = try integer(at: offset + 1, width: 1) & 1 == 0
    let width = try integer(at: offset + 4, width: 4)
    let mantissaBits = try integer(at: offset + 15, width: 1)
    let isIEEE = (width == 4 && mantissaBits == 23) || (width == 8 && mantissaBits == 52)
    return isFloat && isLittleEndian && isIEEE ? width : nil
  }

  /// Where an array in one piece lies; nil for others.
  private func contiguous(at offset: Int, name: String) throws -> Range<Int>? {
    guard try integer(at: offset, width: 1) == 3, try integer(at: offset + 1, width: 1) == 1 else {
      return nil
    }
    let (start, size) = (try integer(at: offset + 2), try integer(at: offset + 10))
    guard start >= 0 else { return nil }
    guard size >= 0, size <= file.count, start <= file.count - size else {
      throw failure("the \(size) bytes of /\(name) at byte \(start)", "\(file.count) in all")
    }
    return start..<start + size
  }
}
