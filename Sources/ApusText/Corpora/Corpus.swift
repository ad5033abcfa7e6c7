import ApusFiles

/// Documents of text files, read as a stream.
///
/// Memory is bounded by the longest document, whatever the size of the corpus.
public struct Corpus: Sendable {
  /// What one document is.
  public enum Documents: Sendable, Equatable {
    /// Each line of a JSON lines file, and each other file as a whole.
    case automatic
    /// Each file.
    case files
    /// Each line that is not empty.
    case lines
    /// What stands between blank lines.
    case blankLines
    /// The value of a key in each line, which is a JSON object.
    case jsonLines
  }

  /// Where a document begins.
  public struct Place: Sendable, Equatable {
    public var file: String
    /// The line, counted from 1.
    public var row: Int

    public init(file: String, row: Int) {
      self.file = file
      self.row = row
    }
  }

  /// What was seen on the way.
  public struct Report: Sendable, Equatable {
    public var files = 0
    /// Files of directories that were passed over, as they are no text.
    public var binaryFiles: [String] = []
    public var documents = 0
    /// Bytes of text in documents, after repair.
    public var bytes = 0
    /// Ill-formed parts that became U+FFFD.
    public var replacements = 0
    /// Bytes of value 0, which are kept.
    public var nulBytes = 0
    /// Documents without anything but white space, which are skipped.
    public var emptyDocuments = 0
    /// Documents longer than `longestDocument`, which go on as further documents.
    public var cutDocuments = 0
    /// The length of the longest document in bytes.
    public var longest = 0

    public init() {}
  }

  public let paths: [String]
  /// Files of directories that are passed over, as NUL bytes stand near their beginnings.
  public let binaryPaths: [String]
  public let documents: Documents
  /// Whether text that is not UTF-8 is refused instead of repaired.
  public let isStrict: Bool
  /// The key of the text in JSON lines.
  public let key: String
  /// The number of bytes from which on a document is cut, at the start of a scalar.
  public let longestDocument: Int

  /// Finds the files.
  ///
  /// - Parameters:
  ///   - paths: Files, directories (read recursively, in the order of names; hidden entries and
  ///     files with NUL bytes near their beginnings are left out), or `-` for standard input. Gzip is recognised.
  ///   - documents: What one document is.
  ///   - isStrict: Whether ill-formed UTF-8 is an error.
  ///   - key: The key of the text in JSON lines.
  ///   - longestDocument: In bytes; longer documents are cut.
  /// - Throws: `FileError` for a path that isn't there, `InputError` if no file is found.
  public init(
    _ paths: [String], documents: Documents = .automatic, isStrict: Bool = false,
    key: String = "text", longestDocument: Int = 1 << 24
  ) throws {
    precondition(longestDocument >= 4, "Corpus: expected documents of at least 4 bytes")
    let files = try CorpusFiles(paths)
    self.paths = files.paths
    binaryPaths = files.binary
    self.documents = documents
    self.isStrict = isStrict
    self.key = key
    self.longestDocument = longestDocument
    guard !self.paths.isEmpty else {
      throw InputError(
        file: paths.first, expected: "at least one text file",
        found: files.binary.isEmpty ? "none" : "only \(shortList(files.binary, atMost: 3))")
    }
  }

  /// Calls `body` with the UTF-8 of each document, in order.
  ///
  /// - Returns: What was seen.
  /// - Throws: What `body` throws; `FileError`; `InputError` naming file and row for ill-formed
  ///   text in a strict corpus, damaged gzip or JSON, or a corpus without any document.
  @discardableResult
  public func forEachDocument(
    _ body: (UnsafeBufferPointer<UInt8>, Place) throws -> Void
  ) throws -> Report {
    var report = Report()
    report.binaryFiles = binaryPaths
    for path in paths {
      report.files += 1
      let pass = try DocumentReader(path, corpus: self)
      try withoutActuallyEscaping(body) { body in try pass.run(&report, body) }
    }
    guard report.documents > 0 else {
      throw InputError(
        file: paths.first, expected: "at least one document with text",
        found: "none in \(report.files) files")
    }
    return report
  }
}
