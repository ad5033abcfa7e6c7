import ApusFiles
import Foundation
import Testing

@testable import ApusText

/// A file among the goldens, which `Tests/Peers/tokenizers/goldens.py` made.
func golden(_ name: String) -> String {
  URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Peers/tokenizers/goldens/\(name)").path
}

/// Where larger data sets are looked for.
let sharedDataPath: String = {
  let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  let shared =
    ProcessInfo.processInfo.environment["APUS_SHARED"]
    ?? package.deletingLastPathComponent().appending(path: "shared").path
  return "\(shared)/data"
}()

/// The larger data sets; nil where they are absent, and tests of them skip.
let sharedData = FileManager.default.fileExists(atPath: sharedDataPath) ? sharedDataPath : nil

/// A directory that goes away with the value.
final class TemporaryDirectory {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appending(path: "apus-text-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
    let file = "\(path)/\(name)"
    try FileManager.default.createDirectory(
      at: URL(filePath: file).deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(filePath: file))
    return file
  }

  func write(_ text: String, to name: String) throws -> String {
    try write(text.utf8, to: name)
  }
}

/// The bytes of a file, gzip or not.
func contents(of path: String) throws -> [UInt8] {
  let reader = try ByteReader(path)
  var result: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = try chunk.withUnsafeMutableBytes { try reader.read(into: $0) }
    if count == 0 { return result }
    result.append(contentsOf: chunk[..<count])
  }
}

/// SplitMix64, for inputs that are the same in every run.
struct TestRandom: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

extension Tokenizer {
  /// The ids of the fast way.
  func plainIDs(_ bytes: some Collection<UInt8>) -> [Int32] {
    var ids: [Int32] = []
    Array(bytes).withUnsafeBufferPointer { encode($0, into: &ids) }
    return ids
  }
}

/// FNV-1a over lists of ids, each ended by -1, as the scripts of the goldens have it.
func idHash(_ lists: [[Int32]]) -> UInt64 {
  lists.map { $0 + [-1] }.joined().reduce(into: UInt64(0xCBF2_9CE4_8422_2325)) { hash, id in
    hash = (hash ^ UInt64(UInt32(bitPattern: id))) &* 0x0000_0100_0000_01B3
  }
}

extension JSONField {
  var ids: [Int32] {
    get throws { try array().map { Int32(try $0.integer(in: 0...Int(Int32.max))) } }
  }
}
