import ApusFiles
import Foundation
import Testing

/// A directory that is removed at the end of a test.
final class Scratch {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/apus-audio-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, with the folders it is in.
  @discardableResult
  func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
    let file = "\(path)/\(name)"
    let folder = URL(filePath: file).deletingLastPathComponent().path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(filePath: file))
    return file
  }
}

/// The signal of `Tests/Peers/audio/make_features.py`: tones and noise.
func signal(_ count: Int = 2573, rate: Double = 16_000) -> [Float] {
  (0..<count).map { n in
    let t = Double(n) / rate
    let tones =
      0.3 * sin(2 * .pi * (200 + 9000 * t) * t) + 0.2 * cos(2 * .pi * 3100 * t)
    return Float(tones + 0.5 * (Double(n * (31 * n + 17) % 1009) / 1009 - 0.5))
  }
}

/// A 32-bit float WAV file.
func wave(_ samples: [Float], rate: Int, channels: Int = 1) -> [UInt8] {
  func word(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * $0) & 255) } }
  func half(_ value: Int) -> [UInt8] { (0..<2).map { UInt8(value >> (8 * $0) & 255) } }
  let data = samples.flatMap { word(Int($0.bitPattern)) }
  let format =
    half(3) + half(channels) + word(rate) + word(rate * channels * 4) + half(channels * 4)
    + half(32)
  return Array("RIFF".utf8) + word(36 + data.count) + Array("WAVEfmt ".utf8) + word(16) + format
    + Array("data".utf8) + word(data.count) + data
}

/// The largest difference of two lists, infinite for lists of different lengths.
func distance(_ a: [Float], _ b: [Float]) -> Float {
  guard a.count == b.count else { return .infinity }
  return zip(a, b).map { abs($0 - $1) }.max() ?? 0
}

/// Real recordings, which only some machines have.
enum SharedData {
  static let directory: String = {
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let shared =
      ProcessInfo.processInfo.environment["APUS_SHARED"]
      ?? package.deletingLastPathComponent().appending(path: "shared").path
    return "\(shared)/data"
  }()

  static var isPresent: Bool { FileManager.default.fileExists(atPath: directory) }
}
