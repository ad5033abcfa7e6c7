import ApusText

extension RunDirectory {
  /// The terms of the run, which are kept in its directory once there is a checkpoint.
  ///
  /// - Parameter make: Chooses them if none are kept.
  /// - Returns: The terms, which the directory holds now.
  /// - Throws: `FileError` or `InputError` if the kept ones can't be read.
  func terms(_ make: () throws -> TermVectorizer) throws -> TermVectorizer {
    if hasBegun, exists(terms) { return try TermVectorizer(contentsOf: terms) }
    let result = try make()
    try result.save(to: terms)
    return result
  }
}
