import ApusFiles
import Foundation
import Testing

@testable import ApusTraining

@Suite struct SourceContentTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func write(_ bytes: [UInt8], to name: String) throws -> String {
    let file = "\(directory.path)/\(name)"
    try FileManager.default.createDirectory(
      at: URL(filePath: file).deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(filePath: file))
    return file
  }

  private func content(_ path: String) throws -> SourceContent {
    try #require(try SourceContent(of: path))
  }

  /// The checksum is that of gzip: CRC-32 of "123456789" is 0xCBF43926, as published with it.
  @Test func filesAreTheirBytes() throws {
    let file = try write(Array("123456789".utf8), to: "a")
    #expect(try content(file) == content(write(Array("123456789".utf8), to: "b/c")))
    #expect(try content(file).checksum == 0xCBF4_3926 && content(file).size == 9)
    #expect(try content(file) != content(write(Array("123456780".utf8), to: "d")))
    #expect(try content(write([], to: "empty")).size == 0)
    #expect(try SourceContent(of: "-") == nil)
    #expect(try SourceContent(of: "/dev/null") == nil)
    #expect(throws: FileError.self) { try SourceContent(of: "\(file).none") }
  }

  /// Of 20 MB not all blocks are read, but both ends; of 3 MB every byte counts.
  @Test(arguments: [3_000_000, 20_000_001])
  func endsCountInLongFiles(_ count: Int) throws {
    var bytes = [UInt8](repeating: 7, count: count)
    let before = try content(write(bytes, to: "long"))
    for place in [0, count - 1] + (count < 1 << 24 ? [count / 2] : []) {
      bytes[place] = 8
      #expect(try content(write(bytes, to: "long")) != before, "\(place)")
      bytes[place] = 7
    }
    #expect(try content(write(bytes, to: "elsewhere")) == before)
    #expect(try content(write(bytes + [7], to: "longer")) != before)
  }

  @Test func directoriesAreTheirFilesByName() throws {
    for (name, text) in [("a.txt", "one"), ("b/c.txt", "two")] {
      for root in ["first", "second"] { _ = try write(Array(text.utf8), to: "\(root)/\(name)") }
    }
    let (first, second) = ("\(directory.path)/first", "\(directory.path)/second")
    #expect(try content(first) == content(second) && content(first).size == 6)
    #expect(try content("\(first)/") == content(second))
    try FileManager.default.moveItem(atPath: "\(second)/a.txt", toPath: "\(second)/aa.txt")
    #expect(try content(first) != content(second))
    // The same bytes, cut elsewhere.
    _ = try write(Array("on".utf8), to: "third/a.txt")
    _ = try write(Array("etwo".utf8), to: "third/b/c.txt")
    #expect(try content(first) != content("\(directory.path)/third"))
  }

  /// Cards, logs and checkpoints beside a model change nothing, its weights and tokenizer do.
  @Test func modelsAreWhatMakesThem() throws {
    let model = "\(directory.path)/model"
    _ = try write(Array("{}".utf8), to: "model/config.json")
    _ = try write([1, 2, 3], to: "model/model.safetensors")
    let before = try content(model)
    for name in ["README.md", "metrics.jsonl", "training/checkpoint.safetensors"] {
      _ = try write([9], to: "model/\(name)")
      #expect(try content(model) == before, "\(name)")
    }
    for name in ["tokenizer.json", "model.safetensors"] {
      _ = try write([3, 2, 1], to: "model/\(name)")
      #expect(try content(model) != before, "\(name)")
    }
  }
}
