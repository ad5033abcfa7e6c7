import ApusFiles
import Foundation

extension RunDirectory {
  /// Keeps what a run learns from, or compares it with what the run found here began with.
  ///
  /// The same content may have moved to another path. Streams are read only once, so that any stream
  /// counts as the one before. A run that has not come to a checkpoint begins again, maybe with another
  /// recipe and tokenizer: the shards that it made are removed.
  ///
  /// - Parameter sources: All of them; none where the caller does not tell.
  /// - Throws: `FileError` for a path that can't be read; `InputError` naming the role and path of
  ///   the first source that is not the run's.
  func keep(_ sources: [RunSource]) throws {
    if !hasBegun {
      for shards in [data, validation] where exists(shards) {
        try FileManager.default.removeItem(atPath: shards)
      }
    }
    guard !sources.isEmpty else { return }
    let given = try sources.map(KeptSource.init)
    let kept = try keptSources()
    if hasBegun, let kept { try requireSame(given, as: kept) }
    guard kept != given else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try writeAtomically(
      String(decoding: try encoder.encode(given), as: UTF8.self) + "\n", to: sourcesFile)
  }

  /// What the run of the directory learns from; nil where it was not told.
  private func keptSources() throws -> [KeptSource]? {
    guard exists(sourcesFile) else { return nil }
    let file = try MappedFile(sourcesFile)
    return try withExtendedLifetime(file) {
      do {
        return try JSONDecoder().decode([KeptSource].self, from: Data(file.bytes))
      } catch {
        throw InputError(
          file: sourcesFile, expected: "the sources of a run", found: "something else")
      }
    }
  }

  private func requireSame(_ given: [KeptSource], as kept: [KeptSource]) throws(InputError) {
    for source in given {
      guard let former = kept.first(where: { $0.role == source.role }) else {
        throw InputError(
          file: source.path, expected: "no \(source.role), as the run in \(path) began without",
          found: "some")
      }
      guard former.content == source.content else {
        throw InputError(
          file: source.path,
          expected: "the \(source.role) that the run in \(path) began with, \(former.outline)",
          found: source.content.map { "\($0.size) bytes of other content" } ?? "a stream")
      }
      guard former.reading == source.reading else {
        throw InputError(
          file: source.path,
          expected: "the \(source.role) to be read as when the run in \(path) began, with "
            + (former.reading ?? "no options for it"),
          found: source.reading ?? "none")
      }
    }
    if let absent = kept.first(where: { former in !given.contains { $0.role == former.role } }) {
      throw InputError(
        file: sourcesFile,
        expected: "the \(absent.role) that the run began with, \(absent.outline)", found: "none")
    }
  }
}

/// A source as a run keeps it.
private struct KeptSource: Codable, Equatable {
  let role: String
  /// As it was given.
  let path: String
  /// Nil for a stream.
  let content: SourceContent?
  let reading: String?

  init(_ source: RunSource) throws {
    role = source.role
    path = source.path
    content = try SourceContent(of: path)
    reading = source.reading
  }

  var outline: String { content.map { "\(path) of \($0.size) bytes" } ?? "a stream" }
}
