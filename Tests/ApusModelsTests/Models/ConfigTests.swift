import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import Testing

@Suite struct ConfigTests {
  @Test func readsTheReferenceConfigurations() throws {
    guard case .gpt(let gpt) = try ModelDirectory.config(of: Golden.directory + "gpt"),
      case .bert(let bert) = try ModelDirectory.config(of: Golden.directory + "bert")
    else {
      Issue.record("expected a GPT and a BERT")
      return
    }
    var expectedGPT = GPTConfig(
      vocabularySize: 67, contextLength: 24, hiddenSize: 20, layerCount: 2, headCount: 2)
    expectedGPT.intermediateSize = 44
    expectedGPT.ends = [0]
    #expect(gpt == expectedGPT)
    var expectedBERT = BERTConfig(
      vocabularySize: 61, contextLength: 20, hiddenSize: 24, layerCount: 2, headCount: 3)
    expectedBERT.intermediateSize = 40
    #expect(bert == expectedBERT)
  }

  @Test func readsWhatItWrites() throws {
    var gpt = GPTConfig(
      vocabularySize: 99, contextLength: 16, hiddenSize: 24, layerCount: 3, headCount: 4)
    gpt.positions = .rotary
    gpt.normPlacement = .post
    gpt.activation = .silu
    gpt.dropout = 0.05
    gpt.embeddingDropout = 0.25
    gpt.attentionDropout = 0
    gpt.tiedEmbeddings = false
    gpt.ends = [98]
    gpt.initializerRange = 0.0123
    gpt.layerNormEpsilon = 1e-6
    var bert = BERTConfig(
      vocabularySize: 99, contextLength: 16, hiddenSize: 24, layerCount: 3, headCount: 4)
    bert.positions = .sinusoidal
    bert.normPlacement = .pre
    bert.segmentCount = 3
    bert.dropout = 0
    bert.attentionDropout = 0.3
    bert.padding = 4
    bert.tiedEmbeddings = false
    for config in [
      LanguageModelConfig.gpt(gpt), .bert(bert), .gpt(GPTConfig()), .bert(BERTConfig()),
    ] {
      #expect(try LanguageModelConfig(field(config.json.text)) == config)
    }
  }

  @Test func countsItsParameters() {
    for placement in NormPlacement.allCases {
      for positions in PositionKind.allCases {
        for isTied in [true, false] {
          var gpt = GPTConfig(
            vocabularySize: 13, contextLength: 7, hiddenSize: 12, layerCount: 2, headCount: 3)
          (gpt.normPlacement, gpt.positions, gpt.tiedEmbeddings) = (placement, positions, isTied)
          var bert = BERTConfig(
            vocabularySize: 13, contextLength: 7, hiddenSize: 12, layerCount: 2, headCount: 3)
          (bert.normPlacement, bert.positions, bert.tiedEmbeddings) = (placement, positions, isTied)
          for config in [LanguageModelConfig.gpt(gpt), .bert(bert)] {
            let store = ParameterStore(seed: 1)
            _ = LanguageModel(config, in: store.root)
            #expect(config.parameterCount == Double(store.count), "\(config)")
          }
        }
      }
    }
    #expect(GPTConfig().parameterCount == 124_439_808)
    // Hugging Face's BertForPreTraining in its default size.
    #expect(BERTConfig().parameterCount == 110_106_428)
  }

  @Test(arguments: [
    ("model_type", "\"llama\""), ("model_type", "3"), ("model_type", "null"),
    ("vocab_size", "0"), ("vocab_size", "-1"), ("vocab_size", "1.5"), ("vocab_size", "\"67\""),
    ("vocab_size", "99999999999"), ("vocab_size", "9999999999999999999999"),
    ("n_positions", "[]"), ("n_embd", "0"), ("n_embd", "21"), ("n_head", "3"), ("n_head", "0"),
    ("n_layer", "1000000"), ("n_inner", "{}"), ("activation_function", "\"mish\""),
    ("activation_function", "7"), ("resid_pdrop", "1"), ("resid_pdrop", "-0.1"),
    ("attn_pdrop", "\"0.1\""), ("attn_pdrop", "1e999"), ("layer_norm_epsilon", "0"),
    ("layer_norm_epsilon", "true"), ("initializer_range", "-1"), ("eos_token_id", "67"),
    ("tie_word_embeddings", "1"), ("scale_attn_weights", "false"),
    ("scale_attn_by_inverse_layer_idx", "true"), ("add_cross_attention", "true"),
    ("apus_positions", "\"absolute\""), ("apus_norm_placement", "\"both\""),
  ])
  func refusesByName(_ key: String, _ value: String) throws {
    let members: [(String, String)] = [
      ("model_type", "\"gpt2\""), ("vocab_size", "67"), ("n_positions", "24"), ("n_embd", "20"),
      ("n_layer", "2"), ("n_head", "2"), ("embd_pdrop", "0.1"),
    ]
    let changed = [(key, value)] + members.filter { $0.0 != key }
    let text = "{" + changed.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}"
    let error = #expect(throws: InputError.self) { try LanguageModelConfig(field(text)) }
    #expect(error?.file == "config.json")
    // A size that its heads don't divide is reported at the size.
    let named = key == "n_head" && value == "3" ? "n_embd" : key
    #expect(error?.expected.contains(named) == true, "\(error?.description ?? "")")
  }

  @Test func refusesOddHeadsForRotaryPositions() throws {
    let text =
      #"{"model_type": "bert", "hidden_size": 9, "num_attention_heads": 3, "apus_positions": "rotary"}"#
    #expect(throws: InputError.self) { try LanguageModelConfig(field(text)) }
  }

  @Test func refusesTablesThatNoMachineHolds() throws {
    let text = """
      {"model_type": "gpt2", "n_embd": 65536, "n_head": 1, "n_positions": 1048576,
       "apus_positions": "sinusoidal"}
      """
    #expect(throws: InputError.self) { try LanguageModelConfig(field(text)) }
  }

  @Test func refusesWhatIsNoObject() {
    for text in ["[]", "3", "{", "", String(repeating: "[", count: 100_000)] {
      #expect(throws: InputError.self) { try LanguageModelConfig(field(text)) }
    }
  }

  @Test(arguments: [("", Float(0.1)), (#", "embd_pdrop": 0"#, 0), (#", "embd_pdrop": 0.2"#, nil)])
  func keepsTheRateOfEmbeddings(_ member: String, _ expected: Float?) throws {
    let text = #"{"model_type": "gpt2", "resid_pdrop": 0.2\#(member)}"#
    guard case .gpt(let config) = try LanguageModelConfig(field(text)) else {
      Issue.record("expected a GPT")
      return
    }
    #expect(config.dropout == 0.2 && config.embeddingDropout == expected)
  }

  @Test func takesAllEnds() throws {
    let text = #"{"model_type": "gpt2", "eos_token_id": [5, 6], "unknown": {"a": [1]}}"#
    guard case .gpt(let config) = try LanguageModelConfig(field(text)) else {
      Issue.record("expected a GPT")
      return
    }
    #expect(config.ends == [5, 6])
    #expect(try GPTConfig(JSONField(config.json, file: "copy")).ends == [5, 6])
  }

  private func field(_ text: String) throws -> JSONField {
    var text = text
    return JSONField(
      try text.withUTF8 { try JSONValue(parsing: $0, file: "config.json") }, file: "config.json")
  }
}
