import ApusFiles

/// Sphinx's `.mfc` files: the number of floats that follow, then the floats, in one byte order.
enum SphinxFeatures {
  /// Whether a file is as long as its head says, in either byte order.
  static func holds(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let header = bytes.number(at: 0, as: UInt32.self), bytes.count.isMultiple(of: 4) else {
      return false
    }
    let count = bytes.count / 4 - 1
    return Int(header) == count || Int(header.byteSwapped) == count
  }

  static func read(
    _ bytes: UnsafeRawBufferPointer, width: Int, file: String
  ) throws -> FeatureMatrix {
    let count = bytes.count / 4 - 1
    guard let header = bytes.number(at: 0, as: UInt32.self), bytes.count.isMultiple(of: 4) else {
      throw InputError(
        file: file, expected: "a number of floats and the floats", found: "\(bytes.count) bytes")
    }
    // Written big-endian by Sphinx; its programs read both, telling them by the number.
    let isBigEndian = Int(header.byteSwapped) == count
    guard isBigEndian || Int(header) == count else {
      throw InputError(
        file: file, expected: "\(header.byteSwapped) floats, as its head says", found: "\(count)")
    }
    guard count.isMultiple(of: width) else {
      throw InputError(
        file: file, expected: "frames of \(width) values", found: "\(count) values")
    }
    let values = (1...max(1, count)).prefix(count).compactMap { index -> Float? in
      bytes.number(at: 4 * index, as: UInt32.self).map {
        Float(bitPattern: isBigEndian ? $0.byteSwapped : $0)
      }
    }
    return FeatureMatrix(width: width, values: values)
  }
}
