import ApusFiles

/// Puts a fixed text in front of a text that is not empty.
///
/// What is put there comes from the first character, so that offsets of a word with it begin
/// where the word does.
public struct PrependNormalizer: Normalizer, Equatable {
  public let prefix: String

  public init(_ prefix: String) { self.prefix = prefix }

  init(_ field: JSONField) throws {
    prefix = try field["prepend"].string()
    guard prefix.utf8.count <= TextPattern.longest else {
      throw field["prepend"].error(expected: "at most \(TextPattern.longest) bytes")
    }
  }

  public var json: JSONValue {
    .object([("type", .string("Prepend")), ("prepend", .string(prefix))])
  }

  /// The start of a cut is not that of the text.
  public var allowsCuts: Bool { false }

  public func normalize(_ text: UnsafeBufferPointer<UInt8>, into output: AlignedText) {
    guard !text.isEmpty else { return }
    output.append(prefix.utf8, from: 0..<scalar(at: 0, in: text).end)
    output.append(text, from: 0)
  }
}
