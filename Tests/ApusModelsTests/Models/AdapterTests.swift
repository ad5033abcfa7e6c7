import ApusFiles
import ApusLayers
import ApusTensors
import Foundation
import Testing

@testable import ApusModels

/// Adapters against those of peft: Tests/Peers/adapters/make_golden.py.
@Suite struct AdapterTests {
  private static let ids: [Int32] = [3, 17, 5, 21, 9, 30, 2]

  private static func golden(_ name: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Golden/adapters/\(name)").path
  }

  private static func temporary() -> String { "\(NSTemporaryDirectory())apus-\(UUID().uuidString)" }

  private static func values(_ name: String, _ path: String) throws -> [Float] {
    let ids = Sequences(ids: [Self.ids])
    guard name == "gpt2" else {
      return try ModelDirectory.loadEncoder(path).encoder(ids, .evaluation()).values.floatElements
    }
    guard case .gpt(let model) = try ModelDirectory.load(path).model else { return [] }
    return model.logits(ids, .evaluation()).floatElements
  }

  @Test(arguments: ["bert", "gpt2"]) func mergedModelsGiveWhatAdaptedOnesDo(_ name: String) throws {
    let (base, output) = (Self.golden("\(name)/model"), Self.temporary())
    defer { try? FileManager.default.removeItem(atPath: output) }
    let adapter = try Adapter(contentsOf: Self.golden("\(name)/adapter"))
    try ModelDirectory.merge(adapter, into: base, output: output)
    let expected = try SafetensorsFile(
      contentsOf: Self.golden("\(name)/expected.safetensors")
    ).tensor("values").floatElements
    let found = try Self.values(name, output)
    #expect(found.count == expected.count)
    let worst = zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
    #expect(worst < 1e-5, "\(worst)")
    let plain = try Self.values(name, base)
    #expect((zip(plain, expected).map { abs($0 - $1) }.max() ?? 0) > 0.01)
    #expect(throws: InputError.self) {
      try ModelDirectory.merge(adapter, into: base, output: base)
    }
  }

  /// The modules of a sentence-transformers directory go along; weights without the adapter do not.
  @Test func mergedModelsHaveAllElse() throws {
    let (base, output) = (Self.temporary(), Self.temporary())
    let files = FileManager.default
    defer { for path in [base, output] { try? files.removeItem(atPath: path) } }
    try files.copyItem(atPath: Self.golden("bert/model"), toPath: base)
    try createDirectory("\(base)/2_Dense")
    let dense = try Data(contentsOf: URL(filePath: "\(base)/model.safetensors"))
    for name in ["2_Dense/model.safetensors", "pytorch_model.bin"] {
      try dense.write(to: URL(filePath: "\(base)/\(name)"))
    }
    // What a run needs to go on, and its best model, are without the adapter.
    let ofRun = ["best", "training", "run.lock", "metrics.jsonl"]
    for name in ofRun { try createDirectory("\(base)/\(name)") }
    let adapter = try Adapter(contentsOf: Self.golden("bert/adapter"))
    try ModelDirectory.merge(adapter, into: base, output: output)
    #expect(!ofRun.contains { files.fileExists(atPath: "\(output)/\($0)") })
    let copied = try Data(contentsOf: URL(filePath: "\(output)/2_Dense/model.safetensors"))
    #expect(copied == dense)
    #expect(!files.fileExists(atPath: "\(output)/pytorch_model.bin"))
    #expect(try Data(contentsOf: URL(filePath: "\(output)/model.safetensors")) != dense)
  }

  /// Damaged adapters name the tensor.
  @Test func damagedAdaptersAreRefused() throws {
    let path = Self.temporary()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let good = try Adapter(contentsOf: Self.golden("bert/adapter"))
    let twice = Adapter(
      good.config,
      [("pooler.modules_to_save.bias", Tensor.zeros([2])), ("pooler.bias", Tensor.zeros([2]))])
    try twice.save(to: path)
    #expect(throws: InputError.self) { try Adapter(contentsOf: path) }
    var weights = ["pooler.bias": Tensor.zeros([3])]
    #expect(throws: InputError.self) {
      try Adapter(good.config, [("pooler.bias", Tensor.zeros([2]))]).merge(into: &weights)
    }
  }

  /// What is written reads back, with PEFT's names.
  @Test func adaptersReadBack() throws {
    let output = Self.temporary()
    defer { try? FileManager.default.removeItem(atPath: output) }
    let adapter = try Adapter(contentsOf: Self.golden("gpt2/adapter"))
    #expect(adapter.config.rank == 3 && adapter.config.isRankStabilized)
    #expect(adapter.config.isTransposed && abs(adapter.config.scale - 3.464_101_6) < 1e-6)
    try adapter.save(to: output)
    let again = try Adapter(contentsOf: output)
    #expect(again.config == adapter.config)
    let names = adapter.values.map(\.name)
    #expect(again.values.map(\.name).sorted() == names.sorted() && names.count == 8)
    #expect(names.contains("transformer.h.0.attn.c_attn.lora_A.weight"))
    let file = try SafetensorsFile(contentsOf: "\(output)/adapter_model.safetensors")
    #expect(file.entries.allSatisfy { $0.name.hasPrefix("base_model.model.transformer.h.") })
  }

  @Test func refusesAdaptersOfOtherModels() throws {
    let adapter = try Adapter(contentsOf: Self.golden("bert/adapter"))
    func failure(_ change: ([(name: String, value: Tensor)]) -> [(name: String, value: Tensor)])
      -> String
    {
      var weights: [String: Tensor] = [:]
      for layer in 0..<2 {
        for part in ["query", "value"] {
          weights["bert.encoder.layer.\(layer).attention.self.\(part).weight"] = .zeros([16, 16])
        }
      }
      let changed = Adapter(adapter.config, change(adapter.values))
      do {
        try changed.merge(into: &weights)
        return ""
      } catch { return "\(error)" }
    }
    #expect(failure { $0 } == "")
    #expect(failure { $0.filter { !$0.name.hasSuffix("lora_B.weight") } }.contains("lora_B"))
    #expect(failure { $0.filter { !$0.name.hasSuffix("lora_A.weight") } }.contains("lora_A"))
    #expect(failure { $0.map { ("x\($0.name)", $0.value) } }.contains("a model with xencoder"))
    #expect(failure { $0.map { ($0.name, .zeros([4, 8])) } }.contains("factors of"))
  }
}
