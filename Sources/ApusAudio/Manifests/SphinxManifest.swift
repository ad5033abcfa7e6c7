import ApusFiles
import Glibc

/// Sphinx's lists: `NAME.fileids`, a path without its ending a line, and `NAME.transcription` in the
/// same order, `words of the line (UTTERANCE)`.
enum SphinxManifest {
  /// Where files may be, and their endings.
  private static let places = [("feat", "mfc"), ("wav", "wav"), ("wav", "flac"), ("wav", "sph")]

  /// Reads the utterances; the path is that of either list, the other one being beside it.
  static func read(_ path: String) throws -> [Utterance] {
    let base = path.lastIndex(of: ".").map { String(path[..<$0]) } ?? path
    let files = try ManifestLines("\(base).fileids")
    let texts = try ManifestLines("\(base).transcription")
    guard files.lines.count == texts.lines.count else {
      throw InputError(
        file: texts.file, expected: "\(files.lines.count) lines as in \(files.file)",
        found: "\(texts.lines.count)")
    }
    let etc = ManifestPath.directory(of: path)
    let root =
      etc == "." ? ".." : ManifestPath.name(of: etc) == etc ? "." : ManifestPath.directory(of: etc)
    return try zip(files.lines, texts.lines).map { file, text in
      let line = file.text.trimmed
      let (words, id) = try transcript(text.text, row: text.row, texts)
      guard ManifestPath.name(of: line) == id else {
        throw texts.error(
          row: text.row, expected: "the transcript of \(ManifestPath.name(of: line))", found: id)
      }
      let parts = line.split(separator: "/")
      return Utterance(
        id: id, source: source(root, line), text: words,
        speaker: parts.count > 1 ? String(parts[parts.count - 2]) : nil)
    }
  }

  /// Words without marks of sentence ends and fillers, and the name between parentheses.
  private static func transcript(
    _ line: Substring, row: Int, _ lines: ManifestLines
  ) throws -> (words: String, id: String) {
    let line = line.trimmed
    guard line.hasSuffix(")"), let open = line.lastIndex(of: "(") else {
      throw lines.error(row: row, expected: "words and (UTTERANCE)", found: line)
    }
    let words = line[..<open].split(whereSeparator: \.isWhitespace)
      .filter { !["<s>", "</s>", "<sil>"].contains($0) }
    return (
      words.joined(separator: " "), String(line[line.index(after: open)...].dropLast())
    )
  }

  private static func source(_ root: String, _ file: String) -> Utterance.Source {
    for (folder, ending) in places {
      let path = ManifestPath.joined(root, "\(folder)/\(file).\(ending)")
      if access(path, F_OK) == 0 { return ending == "mfc" ? .features(path) : .audio(path) }
    }
    return .features(ManifestPath.joined(root, "feat/\(file).mfc"))
  }
}
