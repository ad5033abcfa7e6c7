import ApusFiles
import Glibc

/// Files of features that other programs computed.
public enum FeatureFile {
  /// Reads the frames of one utterance.
  ///
  /// - Parameters:
  ///   - path: A file of Sphinx's, or a matrix of Kaldi's: `FILE` or `FILE:OFFSET`, as `feats.scp`
  ///     names it.
  ///   - width: The number of values a frame: Sphinx's files don't tell, Kaldi's must have it.
  /// - Returns: The frames, all values finite.
  /// - Throws: `FileError`; `InputError` if the file is damaged or its frames are of another width.
  public static func read(_ path: String, width: Int) throws -> FeatureMatrix {
    let (file, offset) = place(path)
    let mapped = try MappedFile(file)
    return try withExtendedLifetime(mapped) {
      // Sphinx's number of floats may begin as a matrix of Kaldi's does, but fits no other file.
      let isSphinx = offset == nil && SphinxFeatures.holds(mapped.bytes)
      let matrix =
        !isSphinx && KaldiMatrix.isMatrix(mapped.bytes, at: offset ?? 0)
        ? try KaldiMatrix.read(mapped.bytes, at: offset ?? 0, file: file).matrix
        : try SphinxFeatures.read(mapped.bytes, width: width, file: file)
      guard matrix.width == width || matrix.values.isEmpty else {
        throw InputError(
          file: path, expected: "\(width) values a frame", found: "\(matrix.width)")
      }
      guard let bad = matrix.values.firstIndex(where: { !$0.isFinite }) else { return matrix }
      throw InputError(
        file: path, expected: "finite values in frame \(bad / width)",
        found: "\(matrix.values[bad])")
    }
  }

  /// Throws `FileError` unless there is a file to read from.
  static func requirePresence(_ path: String) throws { _ = try MappedFile(place(path).file) }

  /// The file and the offset behind its last colon, unless the name as a whole is a file.
  private static func place(_ path: String) -> (file: String, offset: Int?) {
    guard access(path, F_OK) != 0, let colon = path.lastIndex(of: ":"),
      let offset = Int(path[path.index(after: colon)...]), offset >= 0
    else { return (path, nil) }
    return (String(path[..<colon]), offset)
  }
}

extension UnsafeRawBufferPointer {
  /// A number at an offset that need not be aligned, in the order of the machine; nil beyond the end.
  func number<Number: FixedWidthInteger>(at offset: Int, as type: Number.Type) -> Number? {
    guard offset >= 0, offset <= count - MemoryLayout<Number>.size else { return nil }
    return Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: type))
  }
}
