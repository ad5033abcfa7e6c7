import ApusFiles

/// Utterances of any form with their durations, ready to be written as a manifest.
public struct SpeechImport: Sendable {
  public private(set) var utterances: [Utterance] = []
  /// What could not be read, as errors that name the files.
  public private(set) var failures: [String] = []

  /// The duration of all utterances in seconds.
  public var seconds: Double { utterances.reduce(0) { $0 + ($1.duration ?? 0) } }

  /// Reads a manifest and opens each of its audio files for the duration.
  ///
  /// - Parameters:
  ///   - path: A manifest of any form.
  ///   - form: Its form; nil for what it looks like.
  /// - Throws: As `SpeechManifest.read`. Audio that can't be read is left out, and listed.
  public init(_ path: String, as form: SpeechManifest.Form? = nil) throws {
    let form = try form ?? SpeechManifest.form(of: path)
    for utterance in try SpeechManifest.read(path, as: form) {
      do {
        utterances.append(try Self.measured(utterance))
      } catch {
        failures.append("\(error)")
      }
    }
    guard !utterances.isEmpty else {
      throw InputError(
        file: path, expected: "utterances that can be read", found: failures.first ?? "none")
    }
  }

  private static func measured(_ utterance: Utterance) throws -> Utterance {
    guard case .audio(let path) = utterance.source else {
      try FeatureFile.requirePresence(utterance.path)
      return utterance
    }
    let reader = try AudioReader(path)
    var utterance = utterance
    if let end = reader.duration {
      utterance.duration = min(utterance.duration ?? .infinity, end - utterance.from)
    }
    return utterance
  }
}
