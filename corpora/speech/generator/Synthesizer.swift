import ApusAudio
import ApusFiles
import Foundation

/// Speaks text by the program espeak-ng.
struct Synthesizer {
  /// Samples a second of what it gives.
  static let rate = 8000
  /// What is left of the silence at both ends, in seconds.
  private static let margin = 0.04
  /// The magnitude above which there is speech.
  private static let threshold: Float = 0.01
  /// The largest magnitude of what is given: a quiet recording, since FLAC's files grow with
  /// loudness.
  private static let peak: Float = 0.2

  private let program: URL

  init() throws {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
    let paths = folders.map { "\($0)/espeak-ng" }
    guard let path = paths.first(where: { FileManager.default.isExecutableFile(atPath: $0) })
    else {
      throw InputError(expected: "the program espeak-ng (Debian's espeak-ng)", found: "none")
    }
    program = URL(filePath: path)
  }

  /// The samples of a text, silence cut off at both ends, all texts being equally loud.
  func samples(_ text: String, by speaker: Speaker, speed: Int, pitch: Int) throws -> [Float] {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "speech-\(UUID().uuidString).wav").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    let process = Process()
    process.executableURL = program
    process.arguments = [
      "-v", "\(speaker.accent)+\(speaker.variant)", "-s", "\(speed)", "-p", "\(pitch)", "-w", file,
      text,
    ]
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw InputError(
        file: program.path, expected: "exit status 0", found: "\(process.terminationStatus)")
    }
    let samples = try Audio.samples(of: file, rate: Self.rate)
    let loud = samples.indices.filter { abs(samples[$0]) > Self.threshold }
    guard let first = loud.first, let last = loud.last else {
      throw InputError(file: program.path, expected: "speech of \"\(text)\"", found: "silence")
    }
    let margin = Int(Self.margin * Double(Self.rate))
    let loudest = samples.reduce(0) { max($0, abs($1)) }
    return samples[max(0, first - margin)..<min(samples.count, last + margin)]
      .map { $0 * Self.peak / loudest }
  }
}
