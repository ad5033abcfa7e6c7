import ApusFiles

/// A matrix of Kaldi's, in the binary forms `FM` (float), `DM` (double) and `CM`, `CM2`, `CM3`
/// (compressed), or as text between brackets.
///
/// - Source: Kaldi's `kaldi-matrix.cc` and `compressed-matrix.h` describe the forms.
enum KaldiMatrix {
  /// Whether a matrix begins at an offset: the binary mark, or an opening bracket as text.
  static func isMatrix(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Bool {
    if bytes.number(at: offset, as: UInt16.self) == 0x4200 { return true }
    let text = bytes.dropFirst(offset).prefix(64).first { !isBlank($0) }
    return text == UInt8(ascii: "[")
  }

  /// Reads one matrix.
  ///
  /// - Returns: The matrix and the offset behind it.
  static func read(
    _ bytes: UnsafeRawBufferPointer, at offset: Int, file: String
  ) throws -> (matrix: FeatureMatrix, end: Int) {
    var reader = KaldiReader(bytes: bytes, position: offset, file: file)
    // Zero and B.
    guard bytes.number(at: offset, as: UInt16.self) == 0x4200 else { return try reader.text() }
    reader.position += 2
    let token = try reader.token()
    switch token {
    case "FM": return try reader.floats(UInt32.self) { Float(bitPattern: $0) }
    case "DM": return try reader.floats(UInt64.self) { Float(Double(bitPattern: $0)) }
    case "CM": return try reader.compressedColumns()
    case "CM2": return try reader.compressed(UInt16.self)
    case "CM3": return try reader.compressed(UInt8.self)
    default:
      throw InputError(
        file: file, expected: "a matrix of the form FM, DM, CM, CM2 or CM3", found: token)
    }
  }

  fileprivate static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }
}

private struct KaldiReader {
  let bytes: UnsafeRawBufferPointer
  var position: Int
  let file: String

  /// The largest number of values, so that damaged sizes don't ask for all memory.
  private var largest: Int { bytes.count }

  private var truncation: InputError {
    InputError(
      file: file, expected: "a whole matrix", found: "the end at byte \(bytes.count)")
  }

  private mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
    guard let number = bytes.number(at: position, as: type) else { throw truncation }
    position += MemoryLayout<Number>.size
    return number
  }

  private mutating func float() throws -> Float { Float(bitPattern: try number(UInt32.self)) }

  /// Letters up to a blank.
  mutating func token() throws -> String {
    let letters = bytes.dropFirst(position).prefix(8).prefix { $0 != 0x20 }
    position += letters.count + 1
    guard position < bytes.count else { throw truncation }
    return String(decoding: letters, as: UTF8.self)
  }

  /// A size behind its own width in bytes, which is 4.
  private mutating func size() throws -> Int {
    let width = try number(UInt8.self)
    let size = Int(Int32(bitPattern: try number(UInt32.self)))
    guard width == 4, 0...largest ~= size else {
      throw InputError(
        file: file, expected: "a matrix's size", found: "\(size) in \(width) bytes")
    }
    return size
  }

  private func requireBytes(_ rows: Int, _ columns: Int, of size: Int) throws {
    let (count, overflows) = rows.multipliedReportingOverflow(by: columns * size)
    guard !overflows, count <= bytes.count - position else { throw truncation }
  }

  mutating func floats<Number: FixedWidthInteger>(
    _ type: Number.Type, _ float: (Number) -> Float
  ) throws -> (FeatureMatrix, Int) {
    let (rows, columns) = (try size(), try size())
    try requireBytes(rows, columns, of: MemoryLayout<Number>.size)
    var values: [Float] = []
    values.reserveCapacity(rows * columns)
    for _ in 0..<rows * columns { values.append(float(try number(type))) }
    return (FeatureMatrix(width: columns, values: values), position)
  }

  /// The head of compressed matrices: least value, range, rows, columns.
  private mutating func head() throws -> (least: Float, range: Float, rows: Int, columns: Int) {
    let (least, range) = (try float(), try float())
    let (rows, columns) = (try number(UInt32.self), try number(UInt32.self))
    guard Int(rows) <= largest, Int(columns) <= largest else { throw truncation }
    return (least, range, Int(rows), Int(columns))
  }

  /// Values spread evenly over the range.
  mutating func compressed<Number: FixedWidthInteger>(
    _ type: Number.Type
  ) throws -> (FeatureMatrix, Int) {
    let (least, range, rows, columns) = try head()
    try requireBytes(rows, columns, of: MemoryLayout<Number>.size)
    let step = range / Float(Number.max)
    var values: [Float] = []
    values.reserveCapacity(rows * columns)
    for _ in 0..<rows * columns { values.append(least + step * Float(try number(type))) }
    return (FeatureMatrix(width: columns, values: values), position)
  }

  /// A byte a value, straight between four percentiles (0, 25, 75, 100) of each column.
  mutating func compressedColumns() throws -> (FeatureMatrix, Int) {
    let (least, range, rows, columns) = try head()
    try requireBytes(columns, 8, of: 1)
    var percentiles: [[Float]] = []
    for _ in 0..<columns {
      var four: [Float] = []
      for _ in 0..<4 { four.append(least + range / 65_535 * Float(try number(UInt16.self))) }
      percentiles.append(four)
    }
    try requireBytes(rows, columns, of: 1)
    var values = [Float](repeating: 0, count: rows * columns)
    for column in 0..<columns {
      let p = percentiles[column]
      for row in 0..<rows {
        let byte = Float(try number(UInt8.self))
        values[row * columns + column] =
          byte <= 64
          ? p[0] + (p[1] - p[0]) * byte / 64
          : byte <= 192
            ? p[1] + (p[2] - p[1]) * (byte - 64) / 128 : p[2] + (p[3] - p[2]) * (byte - 192) / 63
      }
    }
    return (FeatureMatrix(width: columns, values: values), position)
  }

  /// Rows of numbers, each on a line, between brackets.
  mutating func text() throws -> (FeatureMatrix, Int) {
    var values: [Float] = []
    var width: Int?
    var row = 0
    func endRow() throws {
      guard row > 0 else { return }
      guard width == nil || width == row else {
        throw InputError(
          file: file, expected: "rows of \(width ?? 0) values", found: "a row of \(row)")
      }
      (width, row) = (row, 0)
    }
    while position < bytes.count, bytes[position] != UInt8(ascii: "[") { position += 1 }
    position += 1
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "]") {
        try endRow()
        return (FeatureMatrix(width: width ?? 0, values: values), position + 1)
      }
      if KaldiMatrix.isBlank(byte) {
        if byte == 0x0A { try endRow() }
        position += 1
        continue
      }
      let word = bytes.dropFirst(position)
        .prefix { !KaldiMatrix.isBlank($0) && $0 != UInt8(ascii: "]") }
      let text = String(decoding: word.prefix(40), as: UTF8.self)
      guard let value = Float(text) else {
        throw InputError(file: file, expected: "numbers between brackets", found: "\"\(text)\"")
      }
      values.append(value)
      row += 1
      position += word.count
    }
    throw truncation
  }
}
