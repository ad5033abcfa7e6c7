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
  /// - Throws: As `SpeechManifest.read`. Audio that can't be read, or ends before its section, is
  ///   left out, and listed.
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
    guard let end = reader.duration else { return utterance }
    let left = end - utterance.from
    let cut = utterance.cut(of: reader)
    guard left > 0, cut ?? 0 <= left + AudioStream.tolerance else {
      throw InputError(
        file: path, expected: "\(utterance.from + (cut ?? 0)) s of audio", found: "\(end) s")
    }
    utterance.duration = min(cut ?? left, left)
    utterance.isSection = utterance.isSection || cut != nil
    return utterance
  }
}
