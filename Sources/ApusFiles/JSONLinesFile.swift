/// A file of JSON objects, one a line, that appears whole or not at all.
///
///     var file = try JSONLinesFile("predictions.jsonl")
///     for prediction in predictions { try file.append(prediction.json) }
///     try file.commit()
public struct JSONLinesFile: ~Copyable {
  private var file: AtomicFile

  /// Opens a temporary file beside `path`.
  ///
  /// - Throws: `FileError` if the directory can't be written to.
  public init(_ path: String) throws { file = try AtomicFile(path) }

  /// Adds a value as one line.
  public mutating func append(_ value: JSONValue) throws { try file.write("\(value.line)\n") }

  /// Gives the file its name.
  public consuming func commit() throws { try file.commit() }
}
