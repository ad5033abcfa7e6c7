import ApusTensors
import Foundation
import Testing

/// The golden files of this target, made by Tests/Peers/models/make_golden.py.
enum Golden {
  static let directory = URL(filePath: #filePath).deletingLastPathComponent().path() + "Golden/"
  /// Those of the training tests, of which the first step is checked here.
  static let training =
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path()
    + "ApusTrainingTests/Golden/"
}

/// A directory that goes away with the value.
final class TemporaryDirectory {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path() + "apus-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  /// Writes a file of the directory, as a new one: some file systems flush a file that was cut
  /// to nothing and written again, which takes thousands of times as long.
  func write(_ bytes: [UInt8], to name: String) throws {
    try? FileManager.default.removeItem(atPath: "\(path)/\(name)")
    try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Checks shape and values, to a tolerance relative to the largest expected magnitude or to the
/// floor, whichever is more.
func expectClose(
  _ found: Tensor, _ expected: Tensor, _ tolerance: Float, floor: Float = 0, _ name: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(found.shape == expected.shape, "\(name)", sourceLocation: sourceLocation)
  guard found.shape == expected.shape else { return }
  let (found, expected) = (found.floatElements, expected.floatElements)
  let scale = max(floor, expected.reduce(0) { max($0, abs($1)) })
  let worst = zip(found, expected).reduce(Float(0)) { worst, pair in
    let error = abs(pair.0 - pair.1)
    return error.isNaN ? .infinity : max(worst, error)
  }
  #expect(
    worst <= tolerance * scale, "\(name): the worst error is \(worst / scale) of \(scale)",
    sourceLocation: sourceLocation)
}

extension RandomStream {
  /// A file with a few of its first bytes changed, removed, inserted or cut out in a run.
  mutating func damaged(_ sound: [UInt8], within count: Int = .max) -> [UInt8] {
    var bytes = sound
    for _ in 0...below(3) {
      let place = below(min(count, bytes.count))
      switch below(4) {
      case 0: bytes[place] = Array("0123456789\"{}[],:-e.".utf8)[below(20)]
      case 1: bytes.remove(at: place)
      case 2: bytes.insert(UInt8(ascii: "0") + UInt8(below(10)), at: place)
      default: bytes.removeSubrange(place..<min(bytes.count, place + below(40)))
      }
    }
    return bytes
  }
}
