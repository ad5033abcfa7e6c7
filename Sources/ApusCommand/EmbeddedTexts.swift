import ApusFiles
import ApusText

/// The texts of a file, one after the other, each with its id if ids are asked for.
struct EmbeddedTexts {
  /// Texts without ids.
  private var lines: TextLines?
  /// Texts with ids.
  private var table: TableReader?
  private let key: String?
  private let idKey: String

  /// - Parameters:
  ///   - path: A file, or - for standard input.
  ///   - key: The key of the text in lines of JSON; nil for lines of text.
  ///   - idKey: The key of the id in lines of JSON; nil for none.
  ///   - isStrict: Whether what is not UTF-8 is an error.
  /// - Throws: `FileError` if the file can't be read.
  init(_ path: String, key: String?, idKey: String?, isStrict: Bool) throws {
    let encoding = isStrict ? TextEncoding.utf8 : .repaired
    self.key = key
    self.idKey = idKey ?? ""
    if idKey == nil {
      lines = try TextLines(path, key: key, encoding: encoding)
    } else {
      table = try TableReader(path, TableLayout(format: .json, encoding: encoding))
    }
  }

  /// The lines so far in which something that is not UTF-8 became U+FFFD.
  var repairedLineCount: Int { lines?.repairedLineCount ?? table?.repairedLineCount ?? 0 }

  /// The next text; nil behind the last.
  ///
  /// - Throws: `FileError`; `InputError` naming the row of a line without text or id, or of an id of
  ///   several lines.
  mutating func next() throws -> (text: String, id: String?)? {
    if let text = try lines?.next() { return (text, nil) }
    guard let row = try table?.next() else { return nil }
    let id = try row.text(idKey)
    guard !id.contains(where: \.isNewline) else {
      throw row.failure("an id of one line", in: idKey)
    }
    return (try row.string(key ?? "text"), id)
  }
}
