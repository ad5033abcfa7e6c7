import ApusFiles
import ApusVectors
import Foundation
import Testing

/// The golden files, made by Tests/Peers/vectors/make_golden.py.
enum Golden {
  static let directory = URL(filePath: #filePath).deletingLastPathComponent().path() + "Golden/"

  static func vectors(_ name: String) throws -> WordVectors {
    try WordVectors(contentsOf: directory + name)
  }

  static func expected() throws -> JSONField {
    try JSONField(contentsOf: directory + "expected.json")
  }
}

/// A directory that goes away with the value.
final class TemporaryDirectory {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path() + "apus-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  /// Writes a file and returns its path.
  func file(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    let file = "\(path)/\(UUID().uuidString)-\(name)"
    try Data(Array(bytes)).write(to: URL(filePath: file))
    return file
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

extension JSONField {
  /// Pairs of words and numbers.
  func neighbours() throws -> [WordVectors.Neighbour] {
    try array().map { pair in
      let parts = try pair.array()
      guard case .number(let value) = parts[1].value else {
        throw parts[1].error(expected: "a number")
      }
      return .init(word: try parts[0].string(), similarity: Float(value))
    }
  }

  func numbers() throws -> [Double] {
    try array().map {
      switch $0.value {
      case .number(let value): value
      case .integer(let value): Double(value)
      default: throw $0.error(expected: "a number")
      }
    }
  }
}

func expectClose(
  _ found: [Float], _ expected: [Float], _ tolerance: Float = 1e-6, _ name: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(found.count == expected.count, "\(name)", sourceLocation: sourceLocation)
  for (found, expected) in zip(found, expected) {
    #expect(abs(found - expected) <= tolerance, "\(name)", sourceLocation: sourceLocation)
  }
}
