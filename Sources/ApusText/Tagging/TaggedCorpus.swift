import ApusFiles

/// The tagged sentences of a file.
public struct TaggedCorpus: Sendable {
  /// The file, or the directory of a pair of files.
  public let path: String
  public let sentences: [TaggedSentence]

  /// Reads a file or directory.
  ///
  /// - Parameters:
  ///   - path: Gzip or not, or standard input for `-`.
  ///   - format: Taken from the path if it is left out.
  /// - Throws: `FileError`; `InputError` naming the row of the first that does not fit the format, or
  ///   for a file without sentences.
  public init(contentsOf path: String, as format: TaggedFormat? = nil) throws {
    self.path = path
    sentences =
      switch format ?? TaggedFormat(of: path) {
      case .columns(let word, let tag): try ColumnReader(word: word, tag: tag).read(path)
      case .conllu(let tag): try UniversalReader(tag: tag).read(path)
      case .paired: try PairedReader().read(path)
      }
    guard !sentences.isEmpty else {
      throw InputError(file: path, expected: "tagged sentences", found: "none")
    }
  }

  public var wordCount: Int { sentences.reduce(0) { $0 + $1.words.count } }

  /// Whether the tags say entities, in whatever scheme, and are not each for itself.
  ///
  /// - Throws: `InputError` naming the row of the first tag of neither kind: where O and tags such as
  ///   B-PER are, all must be such.
  public func hasEntities() throws -> Bool {
    let tags = Set(sentences.flatMap(\.tags))
    let isScheme = tags.contains(TagScheme.outside) || tags.allSatisfy(TagScheme.isTag)
    guard isScheme, tags.contains(where: { EntityTag($0) != nil }) else { return false }
    try requireEntities()
    return true
  }

  /// Refuses tags that don't say entities.
  ///
  /// - Throws: `InputError` naming the row of the first.
  public func requireEntities() throws(InputError) {
    for sentence in sentences {
      for (tag, row) in zip(sentence.tags, sentence.rows) where !TagScheme.isTag(tag) {
        throw InputError(
          file: path, row: row, expected: "O, or a tag such as B-PER or I-PER", found: tag)
      }
    }
  }
}
