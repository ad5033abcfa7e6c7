import ApusFiles
import ApusLayers
import ApusTensors
import ApusText
import Foundation

extension SentenceEncoder {
  /// Writes a directory of sentence-transformers, creating it if need be.
  ///
  /// - Parameters:
  ///   - values: The weights under the names of their parts; others are passed over.
  ///   - modules: How texts are read.
  ///   - tokenizer: What cuts them into tokens.
  ///   - path: The directory.
  /// - Throws: `FileError` if a file can't be written.
  public func save(
    _ values: [(name: String, value: Tensor)], _ modules: SentenceModules, _ tokenizer: Tokenizer,
    to path: String
  ) throws {
    func part(_ scope: String) -> [(name: String, value: Tensor)] {
      values.filter { $0.name.hasPrefix("\(scope).") }
        .map { (String($0.name.dropFirst(scope.count + 1)), $0.value) }
    }
    try ModelDirectory.save(encoder: encoder, part(Self.encoderScope), to: path)
    try tokenizer.save(to: "\(path)/tokenizer.json")
    try modules.saveTokenizerSettings(tokenizer, to: path)
    try modules.saveSettings(to: path)
    let size = encoder.transformer.hiddenSize
    var names = [("", "Transformer"), ("1_Pooling", "Pooling")]
    try head.savePooling(of: size, to: "\(path)/1_Pooling")
    let weights = Dictionary(uniqueKeysWithValues: part(Self.headScope))
    for (index, step) in head.steps.enumerated() {
      switch step {
      case .normalize: names.append(("\(names.count)_Normalize", "Normalize"))
      case .dense(let linear, let activation):
        names.append(("\(names.count)_Dense", "Dense"))
        let place = "\(path)/\(names[names.count - 1].0)"
        try linear.save(
          weights: ["weight", "bias"].compactMap { name in
            weights["\(index).\(name)"].map { ("linear.\(name)", $0) }
          }, activation, to: place)
      }
    }
    for (place, _) in names where !place.isEmpty { try createDirectory("\(path)/\(place)") }
    let list = names.enumerated().map { index, module in
      JSONValue.object([
        ("idx", .integer(index)), ("name", .string("\(index)")), ("path", .string(module.0)),
        ("type", .string("sentence_transformers.models.\(module.1)")),
      ])
    }
    try writeAtomically(JSONValue.array(list).text + "\n", to: "\(path)/modules.json")
  }
}

extension SentenceModules {
  fileprivate func saveSettings(to path: String) throws {
    let length: JSONValue = maximumLength.map { .integer($0) } ?? .null
    let settings = JSONValue.object([
      ("max_seq_length", length), ("do_lower_case", .bool(lowercases)),
    ])
    try writeAtomically(settings.text + "\n", to: "\(path)/sentence_bert_config.json")
    let config = JSONValue.object([
      ("prompts", .object(prompts.map { ($0.name, .string($0.text)) })),
      ("default_prompt_name", defaultPromptName.map { .string($0) } ?? .null),
      ("similarity_fn_name", .string(similarity)),
    ])
    try writeAtomically(config.text + "\n", to: "\(path)/config_sentence_transformers.json")
  }

  /// Writes what transformers wants to know of a tokenizer beside `tokenizer.json`: the settings of
  /// the directory that the encoder came from, or else what the special tokens are.
  fileprivate func saveTokenizerSettings(_ tokenizer: Tokenizer, to path: String) throws {
    let name = "tokenizer_config.json"
    for file in [name, "special_tokens_map.json"] {
      guard let data = FileManager.default.contents(atPath: "\(encoder)/\(file)") else { continue }
      try writeAtomically(String(decoding: data, as: UTF8.self), to: "\(path)/\(file)")
    }
    guard !FileManager.default.fileExists(atPath: "\(path)/\(name)") else { return }
    let roles = [
      ("cls_token", ["[CLS]", "<s>"]), ("sep_token", ["[SEP]", "</s>"]),
      ("pad_token", ["[PAD]", "<pad>", "<|endoftext|>"]), ("unk_token", ["[UNK]", "<unk>"]),
      ("mask_token", ["[MASK]", "<mask>"]),
    ]
    var settings: [(key: String, value: JSONValue)] = [
      ("tokenizer_class", .string("PreTrainedTokenizerFast"))
    ]
    for (role, tokens) in roles {
      if let token = tokens.first(where: { tokenizer.id(of: $0) != nil }) {
        settings.append((role, .string(token)))
      }
    }
    if let maximumLength { settings.append(("model_max_length", .integer(maximumLength))) }
    try writeAtomically(JSONValue.object(settings).text + "\n", to: "\(path)/\(name)")
  }
}

extension SentenceHead {
  fileprivate func savePooling(of size: Int, to path: String) throws {
    try createDirectory(path)
    let known = SentenceModules.poolingNames
    // Every version and other programs read the switches, which have an order of their own.
    let areSwitches = known.map(\.pooling).filter(poolings.contains) == poolings
    let names = poolings.compactMap { pooling in known.first { $0.pooling == pooling }?.name }
    let modes: [(key: String, value: JSONValue)] =
      areSwitches
      ? known.map { ($0.flag, .bool(poolings.contains($0.pooling))) }
      : [("pooling_mode", .array(names.map { .string($0) }))]
    let config = JSONValue.object([("word_embedding_dimension", .integer(size))] + modes)
    try writeAtomically(config.text + "\n", to: "\(path)/config.json")
  }
}

extension Linear {
  fileprivate func save(
    weights: [(name: String, value: Tensor)], _ activation: Activation, to path: String
  ) throws {
    try createDirectory(path)
    let names = SentenceModules.activations.filter { $0.value == activation }.map(\.key)
    let modules = names.contains("Identity") ? "linear" : "activation"
    let config = JSONValue.object([
      ("in_features", .integer(inputSize)), ("out_features", .integer(outputSize)),
      ("bias", .bool(bias != nil)),
      ("activation_function", .string("torch.nn.modules.\(modules).\(names.first ?? "Tanh")")),
    ])
    try writeAtomically(config.text + "\n", to: "\(path)/config.json")
    try writeSafetensors(weights, to: "\(path)/model.safetensors")
  }
}
