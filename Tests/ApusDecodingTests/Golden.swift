import ApusTensors
import Foundation

/// The golden files of this target, made by Tests/Peers/speech/make_decoding.py.
enum Golden {
  static let directory = URL(filePath: #filePath).deletingLastPathComponent().path() + "Golden/"
  /// Real data, which need not be there.
  static let models =
    URL(filePath: #filePath).deletingLastPathComponent().path()
    + "../../../shared/data/arpa/"

  struct Reading: Decodable {
    let text: String
    let acoustic, score: Double
  }

  struct Readings: Decodable {
    struct Sentence: Decodable {
      let words: [String]
      /// A base-10 logarithm, and the length of the n-gram it comes from.
      let scores: [[Double]]
    }

    let letters, hot, spoken: [String]
    let alpha, beta: Double
    let readings: [[String: Reading]]
    let discounts: [[Double]]
    let sentences: [Sentence]

    init() throws {
      let data = try Data(contentsOf: URL(filePath: Golden.directory + "readings.json"))
      self = try JSONDecoder().decode(Self.self, from: data)
    }
  }

  static func logits() throws -> [Tensor] {
    let file = try SafetensorsFile(contentsOf: directory + "logits.safetensors")
    return try (0..<3).map { try file.tensor("logits.\($0)") }
  }

  static func sentences() throws -> [Substring] {
    try String(contentsOfFile: directory + "text.txt", encoding: .utf8).split(separator: "\n")
  }
}

/// A directory that goes away with the value.
final class TemporaryDirectory {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path() + "apus-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a text.
  func write(_ text: String, to name: String) throws -> String {
    try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
    return "\(path)/\(name)"
  }
}
