import ApusFiles
import Glibc

/// Kaldi's data directories: `wav.scp` or `feats.scp`, `text`, and perhaps `segments` and `utt2spk`.
enum KaldiManifest {
  /// Reads the utterances; the path is that of the directory or one of the two lists in it.
  static func read(_ path: String) throws -> [Utterance] {
    let isList = path.hasSuffix(".scp")
    let directory = isList ? ManifestPath.directory(of: path) : path
    let usesFeatures =
      isList
      ? ManifestPath.name(of: path) == "feats.scp"
      : access(ManifestPath.joined(directory, "wav.scp"), F_OK) != 0
    let list = ManifestPath.joined(directory, usesFeatures ? "feats.scp" : "wav.scp")
    let files = try table(list)
    let texts = try optionalTable(ManifestPath.joined(directory, "text"))
    let speakers = try optionalTable(ManifestPath.joined(directory, "utt2spk"))
    var utterances = try pieces(directory, list, files, usesFeatures)
    for index in utterances.indices {
      let id = utterances[index].id
      utterances[index].text = texts?.values[id]
      utterances[index].speaker = speakers?.values[id]
    }
    let ids = Set(utterances.map(\.id))
    if let alone = texts?.order.first(where: { !ids.contains($0) }) {
      throw InputError(
        file: ManifestPath.joined(directory, "text"), expected: "only utterances of \(list)",
        found: alone)
    }
    if texts != nil, let silent = utterances.first(where: { $0.text == nil }) {
      throw InputError(
        file: ManifestPath.joined(directory, "text"), expected: "a transcript of \(silent.id)",
        found: "none")
    }
    return utterances
  }

  private static func pieces(
    _ directory: String, _ list: String, _ files: Table, _ usesFeatures: Bool
  ) throws -> [Utterance] {
    func source(_ id: String) throws -> Utterance.Source? {
      guard let value = files.values[id] else { return nil }
      guard !value.hasSuffix("|") else {
        throw InputError(
          file: list, expected: "files", found: "a command for \(id): \"\(value.prefix(40))\"")
      }
      let path = ManifestPath.joined(directory, value)
      return usesFeatures ? .features(path) : .audio(path)
    }
    let segments = ManifestPath.joined(directory, "segments")
    guard !usesFeatures, access(segments, F_OK) == 0 else {
      return try files.order.compactMap { id in
        try source(id).map { Utterance(id: id, source: $0) }
      }
    }
    let lines = try ManifestLines(segments)
    return try lines.lines.map { row, line in
      let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
      guard words.count == 4, let from = Double(words[2]), let to = Double(words[3]),
        from >= 0, to > from, to <= Utterance.latest
      else {
        throw lines.error(
          row: row, expected: "utterance, recording, start and end", found: line)
      }
      guard let source = try source(words[1]) else {
        throw lines.error(row: row, expected: "a recording of \(list)", found: words[1])
      }
      return Utterance(
        id: words[0], source: source, from: from, duration: to - from, isSection: true)
    }
  }

  /// Values under names, and the names in their order.
  private struct Table {
    var order: [String] = []
    var values: [String: String] = [:]
  }

  private static func table(_ path: String) throws -> Table {
    let lines = try ManifestLines(path)
    var table = Table()
    for (row, key, value) in try lines.pairs() {
      guard table.values.updateValue(value, forKey: key) == nil else {
        throw lines.error(row: row, expected: "each name once", found: key)
      }
      table.order.append(key)
    }
    return table
  }

  private static func optionalTable(_ path: String) throws -> Table? {
    access(path, F_OK) == 0 ? try table(path) : nil
  }
}
