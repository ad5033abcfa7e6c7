import ApusFiles

/// How files of tagged sentences are laid out.
public enum TaggedFormat: Sendable, Hashable {
  /// A row a word, its columns parted by blanks, and an empty row behind each sentence, as in the
  /// shared tasks of CoNLL; rows of -DOCSTART- stand for nothing.
  ///
  /// Columns are counted from 1, or where the number is below 0 from the last, which is −1.
  case columns(word: Int, tag: Int)
  /// The format of Universal Dependencies: ten columns parted by tabs, of which that of a number
  /// from 3 to 10 is the tag.
  ///
  /// Rows of multiword tokens (`1-2`) and of empty nodes (`1.1`) are passed over.
  case conllu(tag: Int)
  /// A directory with a sentence a line: its words in `seq.in`, as many tags in `seq.out`.
  case paired

  /// Words in the first column and tags in the last.
  public static let columns = TaggedFormat.columns(word: 1, tag: -1)
  /// Universal parts of speech.
  public static let conllu = TaggedFormat.conllu(tag: 4)

  /// The format of a path: directories hold pairs, what ends with `.conllu` is that, also packed.
  public init(of path: String) {
    let isUniversal = [".conllu", ".conllu.gz"].contains { path.hasSuffix($0) }
    self = FileStatus.isDirectory(path) ? .paired : isUniversal ? .conllu : .columns
  }

  /// The format of a path that may also be running text, which is none: its first sentence tells
  /// columns, each row of which ends with a tag of entities.
  ///
  /// - Throws: `FileError`.
  public static func recognized(of path: String) throws -> TaggedFormat? {
    let format = TaggedFormat(of: path)
    guard format == .columns else { return format }
    // A stream can be read only once: it is text.
    guard path != "-", try FileStatus(path).isFile else { return nil }
    var lines = try TextLines(path)
    try lines.skipBlankLines()
    var width: Int?
    for number in 0..<mostRowsToJudge {
      guard let row = try lines.next()?.split(whereSeparator: { $0 == " " || $0 == "\t" }),
        let last = row.last
      else { return number > 1 ? format : nil }
      if number == 0, row[0] == ColumnReader.documentMark { return format }
      guard row.count > 1, width ?? row.count == row.count, TagScheme.isTag(String(last)) else {
        return nil
      }
      width = row.count
    }
    return format
  }

  /// A sentence that is longer is taken for what its first rows are.
  private static let mostRowsToJudge = 64
}
