import ApusFiles
import Glibc

/// LJ Speech's `metadata.csv`: id, text and normalised text between bars, without quoting.
enum LJSpeechManifest {
  /// Reads the utterances; the path is that of the file or its directory.
  static func read(_ path: String) throws -> [Utterance] {
    let file =
      FileStatus.isDirectory(path) ? ManifestPath.joined(path, "metadata.csv") : path
    let lines = try ManifestLines(file)
    let directory = ManifestPath.directory(of: file)
    return try lines.lines.map { row, line in
      let cells = line.split(separator: "|", omittingEmptySubsequences: false)
      guard 2...3 ~= cells.count, !cells[0].isEmpty else {
        throw lines.error(
          row: row, expected: "id, text and normalised text between bars", found: line)
      }
      let id = String(cells[0])
      return Utterance(
        id: id, source: .audio(audio(id, directory)), text: cells[cells.count - 1].trimmed)
    }
  }

  /// Where the recording is: in `wavs`, beside the list, or in a folder of its chapter.
  private static func audio(_ id: String, _ directory: String) -> String {
    let chapter = id.split(separator: "-").first.map(String.init) ?? id
    let places = ["wavs", "", chapter, "wavs_16k", "flac"]
    for place in places {
      for ending in ["wav", "flac", "mp3"] {
        let name = place.isEmpty ? "\(id).\(ending)" : "\(place)/\(id).\(ending)"
        let path = ManifestPath.joined(directory, name)
        if access(path, F_OK) == 0 { return path }
      }
    }
    return ManifestPath.joined(directory, "wavs/\(id).wav")
  }
}
