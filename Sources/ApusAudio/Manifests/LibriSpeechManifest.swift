import ApusFiles

/// LibriSpeech's tree: a folder a speaker, in it one a chapter with FLAC files and their
/// transcripts in `SPEAKER-CHAPTER.trans.txt`.
enum LibriSpeechManifest {
  /// How deep folders are looked into: speakers below a part below the corpus.
  private static let deepest = 5
  /// How many folders are looked into before a tree counts as one of other files.
  private static let mostFolders = 100

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

  /// Whether there are transcripts among the first folders of a tree.
  ///
  /// Those of LibriSpeech are found at once; a large tree of other files is not walked to its end.
  static func holdsTranscripts(below path: String) throws -> Bool {
    var folders = [(path: path, depth: 0)]
    for _ in 0..<mostFolders {
      guard let (folder, depth) = folders.popLast() else { return false }
      for name in try directoryEntries(folder) {
        if name.hasSuffix(".trans.txt") { return true }
        let entry = ManifestPath.joined(folder, name)
        if depth < deepest, FileStatus.isDirectory(entry) { folders.append((entry, depth + 1)) }
      }
    }
    return false
  }

  static func transcripts(below path: String, depth: Int = 0) throws -> [String] {
    try directoryEntries(path).flatMap { name -> [String] in
      let entry = ManifestPath.joined(path, name)
      if name.hasSuffix(".trans.txt") { return [entry] }
      return depth < deepest && FileStatus.isDirectory(entry)
        ? try transcripts(below: entry, depth: depth + 1) : []
    }
  }
}
