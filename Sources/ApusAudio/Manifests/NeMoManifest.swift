import ApusFiles

/// NeMo's manifests, which are Apus's own form too: a JSON object a line.
///
/// Beside NeMo's keys `audio_filepath`, `duration`, `offset`, `text` and `speaker`, a line may have
/// `features_filepath` or `image_filepath` in place of audio, `channel` (counted from 0) and `id`. Others
/// are left alone.
///
/// A line with an offset names a section. One with a duration alone stands for that much from the
/// beginning, as in NeMo, where the audio is more than a tenth of a second longer, and for all of it
/// otherwise.
public enum NeMoManifest {
  static func read(_ path: String) throws -> [Utterance] {
    let lines = try ManifestLines(path)
    let directory = path == "-" ? "." : ManifestPath.directory(of: path)
    return try lines.lines.map { row, line in
      do {
        var text = String(line)
        let value = try text.withUTF8 { try JSONValue(parsing: $0, file: lines.file) }
        return try utterance(JSONField(value, file: lines.file), directory)
      } catch var error as InputError {
        error.row = row
        throw error
      }
    }
  }

  private static func utterance(_ line: JSONField, _ directory: String) throws -> Utterance {
    let keys = ["audio_filepath", "features_filepath", "image_filepath"]
    let files = try keys.map { try line[$0].optionalString() }
    guard let file = files.compactMap({ $0 }).first, !file.isEmpty,
      files.count(where: { $0 != nil }) == 1
    else {
      throw line.error(expected: "either audio_filepath, features_filepath or image_filepath")
    }
    let path = ManifestPath.joined(directory, file)
    let source: Utterance.Source =
      files[0] != nil ? .audio(path) : files[1] != nil ? .features(path) : .image(path)
    func seconds(_ key: String) throws -> Double? {
      guard !line[key].isNull else { return nil }
      let value = try line[key].number()
      guard 0...Utterance.latest ~= value else {
        throw line[key].error(expected: "0 to \(Int(Utterance.latest)) s")
      }
      return value
    }
    let (offset, duration) = (try seconds("offset") ?? 0, try seconds("duration"))
    let channel = line["channel"]
    return Utterance(
      id: try line["id"].optionalString() ?? ManifestPath.stem(of: file),
      source: source, from: offset, duration: duration,
      isSection: !line["offset"].isNull, text: try line["text"].optionalString(),
      speaker: try line["speaker"].optionalString(),
      channel: channel.isNull ? .mix : .index(try channel.integer(in: 0...1023)))
  }

  /// Utterances as lines, paths below the directory of the manifest being relative to it.
  public static func lines(_ utterances: [Utterance], at path: String) -> String {
    let directory = ManifestPath.directory(of: path)
    return utterances.map { line($0, directory) + "\n" }.joined()
  }

  /// Writes a manifest that appears whole or not at all.
  public static func write(_ utterances: [Utterance], to path: String) throws {
    try writeAtomically(lines(utterances, at: path), to: path)
  }

  private static func line(_ utterance: Utterance, _ directory: String) -> String {
    var members: [(key: String, value: JSONValue)] = []
    let path = JSONValue.string(ManifestPath.relative(utterance.path, to: directory))
    switch utterance.source {
    case .audio: members.append(("audio_filepath", path))
    case .features: members.append(("features_filepath", path))
    case .image: members.append(("image_filepath", path))
    }
    if utterance.isSection { members.append(("offset", .number(utterance.from))) }
    if let duration = utterance.duration { members.append(("duration", .number(duration))) }
    if let text = utterance.text { members.append(("text", .string(text))) }
    if let speaker = utterance.speaker { members.append(("speaker", .string(speaker))) }
    if case .index(let index) = utterance.channel { members.append(("channel", .integer(index))) }
    if utterance.id != ManifestPath.stem(of: utterance.path) {
      members.append(("id", .string(utterance.id)))
    }
    return JSONValue.object(members).line
  }
}
