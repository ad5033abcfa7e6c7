import ApusFiles

extension Tokenizer {
  /// Reads the tokenizer of a model directory, or a file of one.
  ///
  /// - Parameters:
  ///   - path: The directory or file.
  ///   - rowCount: The rows of the model's embedding, which there must be for every token.
  /// - Throws: `FileError` if it can't be read, `InputError` if it is no tokenizer or has more
  ///   tokens.
  public init(contentsOf path: String, fitting rowCount: Int) throws {
    try self.init(contentsOf: path)
    try requireFit(rowCount: rowCount, file: path)
  }

  /// Refuses a tokenizer that could give an id without a row in the model's embedding.
  ///
  /// - Throws: `InputError` with both numbers.
  public func requireFit(rowCount: Int, file: String? = nil) throws {
    guard vocabularySize <= rowCount else {
      throw InputError(
        file: file, expected: "a tokenizer of at most the model's \(rowCount) tokens",
        found: "\(vocabularySize)")
    }
  }
}
