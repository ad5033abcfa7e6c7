import ApusFiles

/// A matrix in a file of NumPy's format, mapped into memory.
///
/// - Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
public struct NumPyFile: Sendable {
  /// [N, C], Float32.
  public let matrix: Tensor

  /// Opens a file of little-endian Float32 values in the order of C.
  ///
  /// - Throws: `FileError` if it can't be read; `InputError` for a file of another kind, type, order or
  ///   number of axes, or one that is cut short.
  public init(contentsOf path: String) throws {
    let file = try MappedFile(path)
    let bytes = file.bytes
    func failure(_ expected: String, _ found: String) -> InputError {
      InputError(file: path, expected: expected, found: found)
    }
    guard bytes.count >= 10, bytes.starts(with: [0x93] + Array("NUMPY".utf8)) else {
      throw failure("an array of NumPy", "another format")
    }
    let version = bytes[6]
    guard 1...3 ~= version, version == 1 || bytes.count >= 12 else {
      throw failure("version 1, 2 or 3 of NumPy's format", "\(version)")
    }
    let lengthSize = version == 1 ? 2 : 4
    let length = (0..<lengthSize).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
    let start = 8 + lengthSize + length
    guard start <= bytes.count else { throw failure("a header of \(length) bytes", "fewer") }
    let header = String(decoding: bytes[8 + lengthSize..<start], as: UTF8.self)
    let type = Self.value(of: "descr", in: header)?.split(separator: "'").first ?? ""
    guard type == "<f4" else { throw failure("values of type <f4", String(type.prefix(40))) }
    guard Self.value(of: "fortran_order", in: header)?.hasPrefix("False") == true else {
      throw failure("values row by row", "column by column")
    }
    let shape = Self.value(of: "shape", in: header)?.dropFirst().prefix { $0 != ")" } ?? ""
    let sizes = shape.split { $0 == "," || $0 == " " }.map { Int($0) ?? -1 }
    guard sizes.count == 2, sizes.allSatisfy({ $0 >= 0 }) else {
      throw failure("a matrix", "shape (\(shape.prefix(40)))")
    }
    let (count, overflows) = sizes[0].multipliedReportingOverflow(by: sizes[1])
    guard !overflows, count <= (bytes.count - start) / 4, 4 * count == bytes.count - start else {
      throw failure(
        "\(sizes[0]) × \(sizes[1]) values", "\((bytes.count - start) / 4)")
    }
    let values = UnsafeRawBufferPointer(rebasing: bytes[start...])
    guard count > 0 else {
      matrix = .zeros(sizes)
      return
    }
    guard let matrix = Tensor(mapping: values, of: file, sizes) else {
      throw failure("values at a multiple of 4 bytes", "byte \(start)")
    }
    self.matrix = matrix
  }

  /// What follows a key of the header, which is a Python dictionary.
  private static func value(of key: String, in header: String) -> Substring? {
    guard let name = header.firstRange(of: "'\(key)':") else { return nil }
    return header[name.upperBound...].drop { $0 == " " }
  }
}
