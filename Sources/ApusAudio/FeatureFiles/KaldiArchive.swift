import ApusFiles

/// The matrices of a Kaldi archive (`.ark`), each behind its name.
public enum KaldiArchive {
  /// Reads a whole archive.
  ///
  /// - Throws: `FileError`; `InputError` naming the file where it is damaged.
  public static func read(_ path: String) throws -> [(name: String, matrix: FeatureMatrix)] {
    let file = try MappedFile(path)
    return try withExtendedLifetime(file) {
      let bytes = file.bytes
      var position = 0
      var matrices: [(name: String, matrix: FeatureMatrix)] = []
      while true {
        while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x0A {
          position += 1
        }
        guard position < bytes.count else { return matrices }
        let name = bytes.dropFirst(position).prefix(4096).prefix { $0 != 0x20 }
        position += name.count + 1
        guard position < bytes.count, KaldiMatrix.isMatrix(bytes, at: position) else {
          let start = String(decoding: name.prefix(40), as: UTF8.self)
          throw InputError(
            file: path, expected: "a matrix behind \"\(start)\"",
            found: "other bytes at byte \(position)")
        }
        let (matrix, end) = try KaldiMatrix.read(bytes, at: position, file: path)
        matrices.append((String(decoding: name, as: UTF8.self), matrix))
        position = end
      }
    }
  }
}
