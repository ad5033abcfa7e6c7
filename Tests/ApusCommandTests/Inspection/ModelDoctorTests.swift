import ApusTensors
import Foundation
import Testing

@Suite struct ModelDoctorTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func expectFailure(
    _ path: String, naming parts: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try Program.run("doctor", path)
    #expect(
      outcome.status == 65 && outcome.error.isEmpty, "\(outcome)", sourceLocation: sourceLocation)
    let failures = outcome.lines.filter { $0.contains("failure  ") }
    for part in parts {
      #expect(
        failures.contains { $0.contains(part) }, "\(outcome)", sourceLocation: sourceLocation)
    }
  }

  @Test func soundModelPasses() throws {
    let outcome = try Program.run("doctor", try directory.model())
    #expect(outcome.status == 0 && outcome.output.contains("nothing found wrong"), "\(outcome)")
  }

  @Test func everyMissingAndMisshapenTensorIsNamed() throws {
    let model = try directory.model { values in
      values.removeAll { $0.name == "transformer.h.0.ln_1.weight" }
      values.removeAll { $0.name == "transformer.h.1.mlp.c_fc.bias" }
      values.append(("transformer.h.1.mlp.c_fc.bias", .zeros([31])))
      values.append(("extra", .zeros([2])))
    }
    try expectFailure(
      model, naming: "tensor transformer.h.0.ln_1.weight, got none",
      "transformer.h.1.mlp.c_fc.bias of shape [32], got [31]")
    #expect(try Program.run("doctor", model).output.contains("not part of the model: extra"))
  }

  @Test func valuesThatAreNoNumbersAreNamed() throws {
    let model = try directory.model { values in
      for index in values.indices where values[index].name == "transformer.ln_f.weight" {
        values[index].value = Tensor([1, .nan, .infinity, 1, 1, .nan, 1, 1] as [Float])
      }
    }
    try expectFailure(
      model,
      naming: "transformer.ln_f.weight has 2 values that are no numbers and 1 infinite ones")
  }

  /// A directory of sentence-transformers is known by its modules, which have to fit.
  @Test func sentenceTransformersAreLookedAt() throws {
    let golden = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "ApusTests/Golden/sentences/model").path()
    let model = directory["sentences"]
    try FileManager.default.copyItem(atPath: golden, toPath: model)
    let info = try Program.run("info", model, "--json").json()
    #expect(info["architecture"] as? String == "sentence-transformers", "\(info)")
    let modules = try #require(info["modules"] as? [String])
    #expect(modules.count == 3 && modules.last == "normalize", "\(info)")
    #expect(try Program.run("doctor", model).status == 0)
    try FileManager.default.removeItem(atPath: "\(model)/2_Dense/model.safetensors")
    try expectFailure(model, naming: "2_Dense")
    try FileManager.default.removeItem(atPath: "\(model)/modules.json")
    _ = try directory.write("[{\"idx\": 0}]", to: "sentences/modules.json")
    try expectFailure(model, naming: "modules.json")
  }

  @Test func tokenizerHasToFit() throws {
    try expectFailure(
      try directory.model(vocabularySize: 300, room: 290), naming: "290 tokens, got 300")
    let roomy = try directory.model("roomy", vocabularySize: 300, room: 310)
    let outcome = try Program.run("doctor", roomy)
    #expect(outcome.status == 0 && outcome.output.contains("room for 310"), "\(outcome)")
    try FileManager.default.removeItem(atPath: "\(roomy)/tokenizer.json")
    let bare = try Program.run("doctor", roomy)
    #expect(bare.status == 0 && bare.output.contains("has no tokenizer"), "\(bare)")
  }

  @Test func damagedFilesAreNamed() throws {
    let model = try directory.model()
    let weights = try Data(contentsOf: URL(filePath: "\(model)/model.safetensors"))
    _ = try directory.write(weights.dropLast(5), to: "model/model.safetensors")
    try expectFailure(model, naming: "model.safetensors")
    _ = try directory.write(weights, to: "model/model.safetensors")
    let config = try directory.text(of: "model/config.json")
    _ = try directory.write(
      config.replacing("\"n_embd\": 8", with: "\"n_embd\": 9"), to: "model/config.json")
    try expectFailure(model, naming: "config.json", "n_embd")
    _ = try directory.write("{", to: "model/config.json")
    try expectFailure(model, naming: "config.json:1")
    try FileManager.default.removeItem(atPath: "\(model)/config.json")
    try expectFailure(model, naming: "config.json")
  }

  /// A shape whose product no integer holds, of a type that is never read and so never checked.
  @Test func hostileShapesDoNotTrap() throws {
    let header =
      #"{"a": {"dtype": "X", "shape": [4611686018427387904, 8], "data_offsets": [0, 0]}}"#
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
    let file = try directory.write(length + Array(header.utf8), to: "hostile.safetensors")
    #expect(try Program.run("info", file).status == 0)
    let model = try directory.model()
    _ = try directory.write(length + Array(header.utf8), to: "model/model.safetensors")
    try expectFailure(model, naming: "transformer.wte.weight")
  }

  @Test func shardsAreReadToTheLastToken() throws {
    let tokenizer = try directory.tokenizer("bpe")
    let text = try directory.write(Samples.text, to: "text.txt")
    _ = try Program.run(
      "prepare", "--tokenizer", tokenizer, "--output", directory["shards"],
      "--validation-fraction", "0.1", "--documents", "lines", text)
    #expect(try Program.run("doctor", directory["shards"]).status == 0)
    let other = try Program.run(
      "doctor", directory["shards"], "--tokenizer", try directory.tokenizer("wordpiece"))
    #expect(other.status == 65 && other.output.contains("shards of the tokenizer"), "\(other)")
    let name = "shards/validation/tokens-00000.shard"
    var bytes = Array(try Data(contentsOf: URL(filePath: directory[name])))
    bytes[130] ^= 1
    _ = try directory.write(bytes, to: name)
    try expectFailure(directory["shards"], naming: "validation/tokens-00000.shard")
  }
}
