import ApusFiles

/// How vectors are kept.
public enum WordVectorFormat: String, Sendable, CaseIterable {
  /// word2vec's and fastText's (`.vec`) lines of text, below a line with their number and size.
  case text
  /// Lines of text without a first line, as GloVe's.
  case glove
  /// word2vec's binary format.
  case binary
  /// fastText's `.bin`, with the vectors of subwords.
  case fastText = "fasttext"
  /// A directory of Apus.
  case directory

  /// The format that a path to be written to stands for: `.bin` is fastText's where vectors have
  /// subwords; `.txt` and `.vec` are text with a first line, names without a dot directories.
  ///
  /// - Returns: Nil for other names.
  public init?(ofPath path: String, hasSubwords: Bool) {
    let name = path.split(separator: "/").last ?? ""
    switch name.lastIndex(of: ".").map({ name[$0...] }) {
    case nil: self = .directory
    case ".bin": self = hasSubwords ? .fastText : .binary
    case ".txt", ".vec": self = .text
    default: return nil
    }
  }
}

extension WordVectors {
  /// Whether a directory is one of vectors, by its `config.json`.
  public static func isDirectory(_ path: String) -> Bool {
    let config = try? JSONField(contentsOf: "\(path)/config.json", maximumSize: 1 << 20)
    return (try? config?["model_type"].string()) == VectorDirectory.modelType
  }

  /// Reads vectors in any of the formats: a directory, `.bin` of fastText or word2vec, told apart by
  /// their first bytes, or else text with or without a first line of two numbers.
  ///
  /// - Throws: `FileError` if the file can't be read; `InputError` naming the row where columns or rows
  ///   are fewer or more than they should be, a number is none or not finite, or a word comes twice.
  public init(contentsOf path: String) throws {
    if FileStatus.isDirectory(path) {
      self = try VectorDirectory.read(path)
    } else if path.hasSuffix(".bin") || path.hasSuffix(".bin.gz") {
      self =
        try FastTextVectors.isAt(path)
        ? try FastTextVectors.read(path) : try BinaryVectors.read(path)
    } else {
      self = try TextVectors.read(path)
    }
  }

  /// Writes vectors; a file appears whole or not at all.
  ///
  /// - Parameters:
  ///   - path: A file, or a directory.
  ///   - format: How.
  ///   - training: For a directory: what `config.json` says of how the vectors were made.
  /// - Throws: `FileError`; `InputError` naming a word that holds a separator of the format.
  public func write(
    to path: String, as format: WordVectorFormat, training: JSONValue? = nil
  ) throws {
    switch format {
    case .text: try TextVectors.write(self, to: path, hasHeader: true)
    case .glove: try TextVectors.write(self, to: path, hasHeader: false)
    case .binary: try BinaryVectors.write(self, to: path)
    case .fastText: try FastTextVectors.write(self, to: path)
    case .directory: try VectorDirectory.write(self, to: path, training: training)
    }
  }
}
