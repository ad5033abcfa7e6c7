import ApusFiles
import Glibc

/// LibriSpeech's tree: a folder a speaker, in it one a chapter with FLAC files and their
/// transcripts in `SPEAKER-CHAPTER.trans.txt`.
enum LibriSpeechManifest {
  /// How deep folders are looked into: speakers below a part below the corpus.
  private static let deepest = 5

  /// Reads the utterances; the path is that of any folder of the tree, or one file of transcripts.
  static func read(_ path: String) throws -> [Utterance] {
    let files = path.hasSuffix(".trans.txt") ? [path] : try transcripts(below: path)
    return try files.flatMap { file in
      let directory = ManifestPath.directory(of: file)
      return try ManifestLines(file).pairs().map { _, id, text in
        Utterance(
          id: id, source: .audio(ManifestPath.joined(directory, "\(id).flac")), text: text,
          speaker: id.split(separator: "-").first.map(String.init))
      }
    }
  }

  static func transcripts(below path: String, depth: Int = 0) throws -> [String] {
    try directoryEntries(path).flatMap { name -> [String] in
      let entry = ManifestPath.joined(path, name)
      if name.hasSuffix(".trans.txt") { return [entry] }
      var status = stat()
      let isDirectory = stat(entry, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      return isDirectory && depth < deepest ? try transcripts(below: entry, depth: depth + 1) : []
    }
  }
}
