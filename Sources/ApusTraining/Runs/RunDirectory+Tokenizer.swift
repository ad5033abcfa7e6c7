import ApusFiles
import ApusText

extension RunDirectory {
  /// The tokenizer of the run, which is kept in its directory once there is a checkpoint.
  ///
  /// - Parameters:
  ///   - given: A `tokenizer.json` to take; nil takes the one that is kept.
  ///   - make: Makes one if there is neither.
  /// - Returns: The tokenizer, which the directory holds now.
  /// - Throws: `InputError` if it is not the one that the run began with.
  func tokenizer(given: String?, _ make: () throws -> Tokenizer) throws -> Tokenizer {
    let kept = hasBegun && exists(tokenizer) ? try Tokenizer(contentsOf: tokenizer) : nil
    let result = try given.map { try Tokenizer(contentsOf: $0) } ?? kept ?? make()
    if let kept, kept.fingerprint != result.fingerprint {
      throw InputError(
        file: tokenizer, expected: "the tokenizer that the run began with",
        found: "another one given")
    }
    try result.save(to: tokenizer)
    return result
  }
}
