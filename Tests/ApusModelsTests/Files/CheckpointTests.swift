import ApusFiles
import ApusModels
import ApusTensors
import Foundation
import Testing

/// Weights in several files that an index joins.
@Suite struct CheckpointTests {
  private static let root = Golden.directory + "encoders/roberta"

  /// The sound directory with some of its files replaced.
  private func directory(_ files: [String: String?]) throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    for name in try FileManager.default.contentsOfDirectory(atPath: Self.root) {
      try FileManager.default.copyItem(
        atPath: "\(Self.root)/\(name)", toPath: "\(directory.path)/\(name)")
    }
    for (name, text) in files {
      if let text {
        try directory.write(Array(text.utf8), to: name)
      } else {
        try FileManager.default.removeItem(atPath: "\(directory.path)/\(name)")
      }
    }
    return directory
  }

  @Test func joinsItsFiles() throws {
    let checkpoint = try SafetensorsCheckpoint(directory: Self.root)
    #expect(checkpoint.files.count > 1)
    #expect(Set(checkpoint.entries.map(\.name)).count == checkpoint.entries.count)
    let name = "roberta.embeddings.LayerNorm.weight"
    #expect(try checkpoint.tensor(name, shape: [16]).shape == [16])
    #expect(throws: InputError.self) { try checkpoint.tensor("absent") }
  }

  @Test(arguments: [
    "../model-00001-of-00003.safetensors", "/etc/passwd", "..", ".", "", "a/b", "a\\u0000b",
  ])
  func keepsToItsDirectory(_ path: String) throws {
    let directory = try directory([
      "model.safetensors.index.json": #"{"weight_map": {"x": "\#(path)"}}"#
    ])
    let error = #expect(throws: InputError.self) {
      try SafetensorsCheckpoint(directory: directory.path)
    }
    #expect(error?.expected.contains("same directory") == true)
  }

  @Test func refusesWhatDoesNotFitTogether() throws {
    let shard = "model-00001-of-00003.safetensors"
    for (index, expected) in [
      (#"{"weight_map": {"x": "\#(shard)"}}"#, "a tensor x"),
      (#"{"weight_map": {"x": "\#(shard)", "x": "\#(shard)"}}"#, "different names"),
      (#"{"weight_map": {"x": 3}}"#, "same directory"),
      (#"{"weight_map": []}"#, "an object"), ("{}", "an object"), ("[", ""),
    ] {
      let directory = try directory(["model.safetensors.index.json": index])
      let error = #expect(throws: InputError.self) {
        try SafetensorsCheckpoint(directory: directory.path)
      }
      #expect(error?.expected.contains(expected) == true || expected.isEmpty, "\(index)")
    }
    let missing = try directory([shard: nil])
    #expect(throws: FileError.self) { try SafetensorsCheckpoint(directory: missing.path) }
    // The same tensors under a second name.
    let doubled = try directory([:])
    try FileManager.default.copyItem(
      atPath: "\(doubled.path)/\(shard)", toPath: "\(doubled.path)/copy.safetensors")
    let index = try String(
      contentsOfFile: "\(doubled.path)/model.safetensors.index.json", encoding: .utf8)
    let name = try SafetensorsFile(contentsOf: "\(doubled.path)/\(shard)").entries[0].name
    try doubled.write(
      Array(
        index.replacing("\"\(name)\": \"\(shard)\"", with: "\"\(name)\": \"copy.safetensors\"").utf8
      ),
      to: "model.safetensors.index.json")
    let error = #expect(throws: InputError.self) {
      try SafetensorsCheckpoint(directory: doubled.path)
    }
    #expect(error?.expected.hasPrefix("no tensor of ") == true, "\(error?.description ?? "")")
  }

  @Test func saysHowPicklesAreConverted() throws {
    let directory = try TemporaryDirectory()
    try directory.write([], to: "pytorch_model.bin")
    let error = #expect(throws: InputError.self) {
      try SafetensorsCheckpoint(directory: directory.path)
    }
    #expect(error?.found == "pytorch_model.bin alone")
    #expect(error?.expected.contains("save_pretrained('\(directory.path)')") == true)
    let empty = try TemporaryDirectory()
    #expect(throws: FileError.self) { try SafetensorsCheckpoint(directory: empty.path) }
  }

  @Test func survivesDamagedIndices() throws {
    let name = "model.safetensors.index.json"
    let sound = [UInt8](try Data(contentsOf: URL(filePath: "\(Self.root)/\(name)")))
    let directory = try directory([:])
    var random = RandomStream(RandomKey(seed: 6, name: "damage"))
    var (refused, read) = (0, 0)
    for _ in 0..<2000 {
      try directory.write(random.damaged(sound), to: name)
      do {
        _ = try ModelDirectory.loadEncoder(directory.path)
        read += 1
      } catch is InputError {
        refused += 1
      } catch is FileError {
        refused += 1
      }
    }
    #expect(refused > 500 && read > 10, "\(refused) refused, \(read) read")
  }

  @Test func survivesDamagedShards() throws {
    let name = "model-00002-of-00003.safetensors"
    let sound = [UInt8](try Data(contentsOf: URL(filePath: "\(Self.root)/\(name)")))
    let directory = try directory([:])
    var random = RandomStream(RandomKey(seed: 7, name: "damage"))
    var refused = 0
    for _ in 0..<1000 {
      // Damage that falls on the header, the part that is parsed.
      try directory.write(random.damaged(sound, within: 1200), to: name)
      do {
        _ = try ModelDirectory.loadEncoder(directory.path)
      } catch is InputError {
        refused += 1
      }
    }
    #expect(refused > 500, "\(refused)")
  }
}
