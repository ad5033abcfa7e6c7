import ApusFiles

/// Decodes the ids of a file, a JSON array a line, on several threads.
public struct LineDecoding: Sendable {
  /// Whether special tokens are left out of the text.
  public var skipsSpecialTokens = true
  /// Whether each text is written as a JSON string, so that it takes one line whatever it holds.
  public var writesJSON = false
  public var threadCount = 1
  private let tokenizer: Tokenizer

  public init(_ tokenizer: Tokenizer) { self.tokenizer = tokenizer }

  /// Decodes a file.
  ///
  /// - Parameters:
  ///   - path: A path, or `-` for standard input. Gzip is recognised.
  ///   - write: Receives the texts in order, each with a newline behind it, some at a time.
  /// - Returns: The number of texts.
  /// - Throws: `FileError`; `InputError` naming the row of a line that is no array of ids of the
  ///   vocabulary. Everything before the row is written by then.
  public func run(_ path: String, write: (UnsafeRawBufferPointer) throws -> Void) throws -> Int {
    let pass = try LinePass(path, threadCount: threadCount)
    return try pass.run(
      { line, row, output throws(InputError) in
        let text: String
        do {
          text = tokenizer.decode(try ids(of: line), skippingSpecialTokens: skipsSpecialTokens)
        } catch {
          throw InputError(error, in: line, file: pass.name, row: row)
        }
        output.append(contentsOf: (writesJSON ? JSONValue.string(text).text : text).utf8)
        output.append(UInt8(ascii: "\n"))
      }, write: write)
  }

  private func ids(of line: UnsafeBufferPointer<UInt8>) throws -> [Int32] {
    var scanner = JSONScanner(line)
    var ids: [Int32] = []
    try scanner.expect(UInt8(ascii: "["))
    if !scanner.take(UInt8(ascii: "]")) {
      repeat {
        _ = scanner.peek()
        let failure = scanner.failure("an id from 0 to \(tokenizer.vocabularySize - 1)")
        guard let number = try? scanner.number(), let id = Int32(number.text),
          0..<tokenizer.vocabularySize ~= Int(id)
        else { throw failure }
        ids.append(id)
      } while scanner.take(UInt8(ascii: ","))
      try scanner.expect(UInt8(ascii: "]"))
    }
    try scanner.expectEnd()
    return ids
  }
}
