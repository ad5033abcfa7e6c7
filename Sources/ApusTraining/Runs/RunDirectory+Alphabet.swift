import ApusFiles
import ApusText

extension RunDirectory {
  /// Keeps the alphabet of the run in its directory.
  ///
  /// - Throws: `InputError` if it is not the one that the run began with.
  func keep(_ alphabet: Alphabet) throws {
    if exists(checkpoint) {
      let kept = try Alphabet(directory: path, count: alphabet.symbols.count)
      guard kept == alphabet else {
        throw InputError(
          file: "\(path)/vocab.json", expected: "the characters that the run began with",
          found: "others in its transcripts")
      }
    }
    try alphabet.save(to: path)
  }
}
