import ApusFiles

/// Tables with a header: Mozilla DeepSpeech's CSV and Common Voice's tab-separated files.
enum TableManifest {
  /// The form whose columns a header names; nil for none.
  static func form(ofHeader line: Substring) -> SpeechManifest.Form? {
    let names = line.split(separator: separator(of: line)).map(\.trimmed)
    return [SpeechManifest.Form.mozilla, .commonVoice].first {
      let (file, text) = columns(of: $0)
      return names.contains(file) && names.contains(text)
    }
  }

  private static func separator(of header: Substring) -> Character {
    header.contains("\t") ? "\t" : ","
  }

  private static func columns(of form: SpeechManifest.Form) -> (file: String, text: String) {
    form == .mozilla ? ("wav_filename", "transcript") : ("path", "sentence")
  }

  static func read(_ path: String, _ form: SpeechManifest.Form) throws -> [Utterance] {
    let lines = try ManifestLines(path)
    guard let header = lines.lines.first else { return [] }
    let separator = separator(of: header.text)
    let names = try cells(header.text, separator, header.row, lines)
    let (file, text) = columns(of: form)
    guard let fileColumn = names.firstIndex(of: file),
      let textColumn = names.firstIndex(of: text)
    else {
      throw lines.error(
        row: header.row, expected: "columns \(file) and \(text)", found: header.text)
    }
    let speakerColumn = names.firstIndex(of: "client_id")
    let directory = ManifestPath.directory(of: path)
    // Common Voice keeps its recordings in a directory beside the tables.
    let audio = form == .mozilla ? directory : ManifestPath.joined(directory, "clips")
    return try lines.lines.dropFirst().map { row, line in
      let cells = try cells(line, separator, row, lines)
      guard cells.count == names.count else {
        throw lines.error(
          row: row, expected: "\(names.count) columns", found: "\(cells.count) in \(line)")
      }
      return Utterance(
        id: ManifestPath.stem(of: cells[fileColumn]),
        source: .audio(ManifestPath.joined(audio, cells[fileColumn])), text: cells[textColumn],
        speaker: speakerColumn.map { cells[$0] })
    }
  }

  /// The cells of a line.
  ///
  /// Those between quotation marks may hold commas, and marks doubled (RFC 4180). Tab-separated
  /// tables have no quoting.
  private static func cells(
    _ line: Substring, _ separator: Character, _ row: Int, _ lines: ManifestLines
  ) throws -> [String] {
    guard separator == "," else {
      return line.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
    var cells = [""]
    var isQuoted = false
    var previous: Character?
    for character in line {
      defer { previous = character }
      switch character {
      case "\"":
        // The second of two marks stands for one.
        if !isQuoted, previous == "\"" { cells[cells.count - 1].append("\"") }
        isQuoted.toggle()
      case separator where !isQuoted: cells.append("")
      default: cells[cells.count - 1].append(character)
      }
    }
    guard !isQuoted else {
      throw lines.error(row: row, expected: "closing quotation marks", found: line)
    }
    return cells
  }
}
