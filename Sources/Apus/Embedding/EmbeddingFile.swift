import ApusFiles
import ApusTensors

/// Vectors of texts on their way to a file that appears whole or not at all.
///
/// Vectors are written as they come; how many there are stands in the header, which has room for it
/// from the start.
public struct EmbeddingFile: ~Copyable {
  public enum Format: String, Sendable, CaseIterable {
    /// NumPy's array, [texts, C], of `<f4`.
    case npy
    /// The tensor `embeddings`, [texts, C].
    ///
    /// Of tokens it is [tokens, C] and `offsets`, I64 [texts + 1], says where each text begins.
    case safetensors
    /// An object a line with the key `embedding`, and `id` if texts have any; of tokens, `tokens` and
    /// `embeddings`.
    case jsonl
  }

  /// The bytes before the vectors: more than any header needs, and a multiple of 64.
  private static let headerLength = 256

  private let format: Format
  private let dimension: Int
  private let hasTokens: Bool
  private var file: AtomicFile
  private var rowCount = 0
  /// Where each text begins in the rows, of which a file of tokens has more.
  private var offsets = [0]
  private var buffer: [UInt8] = []

  /// Begins a file.
  ///
  /// - Parameters:
  ///   - path: Where the file is to be.
  ///   - format: How vectors are written.
  ///   - dimension: The number of values of each.
  ///   - hasTokens: Whether a text has a vector for each token; NumPy's format has no place for that.
  /// - Throws: `FileError` if the directory can't be written to.
  public init(_ path: String, _ format: Format, dimension: Int, hasTokens: Bool) throws {
    precondition(!hasTokens || format != .npy, "EmbeddingFile: expected one vector a text for npy")
    var file = try AtomicFile(path)
    if format != .jsonl { try file.write([UInt8](repeating: 0, count: Self.headerLength)) }
    self.file = file
    self.format = format
    self.dimension = dimension
    self.hasTokens = hasTokens
  }

  /// Adds the vectors of the next texts; lines of JSON have an id each if there are any.
  public mutating func append(_ vectors: [[Float]], ids: [String] = []) throws {
    precondition(
      ids.isEmpty || ids.count == vectors.count,
      "EmbeddingFile: expected an id for each of \(vectors.count) vectors, got \(ids.count)")
    buffer.removeAll(keepingCapacity: true)
    for (index, vector) in vectors.enumerated() {
      if format == .jsonl {
        let id = ids.isEmpty ? "" : "\"id\":\(JSONValue.string(ids[index]).text),"
        buffer.append(contentsOf: "{\(id)\"embedding\":".utf8)
        appendJSON(vector)
        buffer.append(contentsOf: "}\n".utf8)
      } else {
        vector.withUnsafeBytes { buffer.append(contentsOf: $0) }
      }
    }
    rowCount += vectors.count
    try file.write(buffer)
  }

  /// Adds the tokens of the next texts; `name` spells an id.
  public mutating func append(_ texts: [TokenEmbeddings], name: (Int32) -> String) throws {
    buffer.removeAll(keepingCapacity: true)
    for text in texts {
      text.states.withElements(as: Float.self) { values in
        if format == .jsonl {
          let tokens = text.ids.map { JSONValue.string(name($0)).text }.joined(separator: ",")
          buffer.append(contentsOf: "{\"tokens\":[\(tokens)],\"embeddings\":[".utf8)
          for row in 0..<text.ids.count {
            if row > 0 { buffer.append(UInt8(ascii: ",")) }
            appendJSON(values[row * dimension..<(row + 1) * dimension])
          }
          buffer.append(contentsOf: "]}\n".utf8)
        } else {
          buffer.append(contentsOf: UnsafeRawBufferPointer(values))
        }
      }
      rowCount += text.ids.count
      if format == .safetensors { offsets.append(rowCount) }
    }
    try file.write(buffer)
  }

  /// Writes what is known at the end and gives the file its name.
  public consuming func commit() throws {
    switch format {
    case .npy: try overwrite(header: npyHeader)
    case .safetensors:
      if hasTokens { try offsets.map(Int64.init).withUnsafeBytes { try file.write($0) } }
      try overwrite(header: safetensorsHeader)
    case .jsonl: break
    }
    try file.commit()
  }

  private mutating func appendJSON(_ values: some Collection<Float>) {
    buffer.append(UInt8(ascii: "["))
    for (index, value) in values.enumerated() {
      if index > 0 { buffer.append(UInt8(ascii: ",")) }
      // No number of JSON is infinite or none.
      buffer.append(contentsOf: (value.isFinite ? "\(value)" : "null").utf8)
    }
    buffer.append(UInt8(ascii: "]"))
  }

  private mutating func overwrite(header: [UInt8]) throws {
    precondition(header.count == Self.headerLength, "EmbeddingFile: a header of another length")
    try header.withUnsafeBytes { try file.overwrite(at: 0, $0) }
  }

  /// - Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, version 1.0.
  private var npyHeader: [UInt8] {
    let description =
      "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rowCount), \(dimension)), }"
    let magic: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    let length = UInt16(Self.headerLength - magic.count - 2)
    return magic + [UInt8(length & 0xFF), UInt8(length >> 8)]
      + Self.padded(description, to: Int(length) - 1) + [UInt8(ascii: "\n")]
  }

  private var safetensorsHeader: [UInt8] {
    let end = 4 * rowCount * dimension
    var members = """
      "embeddings":{"dtype":"F32","shape":[\(rowCount),\(dimension)],"data_offsets":[0,\(end)]}
      """
    if hasTokens {
      members += """
        ,"offsets":{"dtype":"I64","shape":[\(offsets.count)],\
        "data_offsets":[\(end),\(end + 8 * offsets.count)]}
        """
    }
    let length = Self.headerLength - 8
    return withUnsafeBytes(of: UInt64(length).littleEndian, Array.init)
      + Self.padded("{\(members)}", to: length)
  }

  private static func padded(_ text: String, to length: Int) -> [UInt8] {
    let bytes = Array(text.utf8)
    return bytes + [UInt8](repeating: UInt8(ascii: " "), count: max(0, length - bytes.count))
  }
}
