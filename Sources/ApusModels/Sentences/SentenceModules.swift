import ApusFiles
import ApusLayers
import ApusTensors
import Glibc

/// The modules of a directory of sentence-transformers: an encoder, its pooling, and what follows.
///
/// A directory without `modules.json` is an encoder whose states are averaged.
///
/// - Source: https://www.sbert.net/docs/package_reference/sentence_transformer/models.html
public struct SentenceModules: Sendable {
  /// The directory of all modules; nil for an encoder in memory.
  public private(set) var directory: String?
  /// The directory of the encoder and its tokenizer.
  public private(set) var encoder = ""
  /// The most tokens of a text.
  public var maximumLength: Int?
  public private(set) var lowercases = false
  /// What may stand before texts, by names such as `query`.
  public private(set) var prompts: [(name: String, text: String)] = []
  /// The name of the prompt that stands before every text; nil for none.
  public private(set) var defaultPromptName: String?
  /// What sentence-transformers is to compare vectors by.
  public private(set) var similarity = "cosine"
  /// What vectors are made of and what happens to them.
  public var head = SentenceHead()

  /// An encoder alone.
  public init() {}

  /// A text as the tokenizer gets it.
  public func prepared(_ text: String) -> String {
    lowercases ? (prompt + text).lowercased() : prompt + text
  }

  /// What stands before every text.
  public var prompt: String { prompts.first { $0.name == defaultPromptName }?.text ?? "" }

  /// Reads `modules.json` and what it names.
  ///
  /// - Throws: `FileError` if a file can't be read; `InputError` naming the module or setting that
  ///   can't be used.
  public init(of directory: String) throws {
    self.directory = directory
    encoder = directory
    let path = "\(directory)/modules.json"
    guard access(path, F_OK) == 0 else {
      try readSettings()
      return
    }
    try readPrompts(directory)
    var isPooled = false
    let modules = try JSONField(contentsOf: path, maximumSize: 1 << 20).array()
    for (index, module) in modules.enumerated() {
      let place = try Self.place(of: module, in: directory)
      let type = try module["type"].string().split(separator: ".").last ?? ""
      switch type {
      case "Transformer" where index == 0:
        encoder = place
        try readSettings()
      case "Pooling" where index == 1:
        head.poolings = try Self.poolings(place, hasPrompt: !prompt.isEmpty)
        isPooled = true
      case "Dense" where isPooled: head.steps.append(try Self.dense(place))
      case "Normalize" where isPooled: head.steps.append(.normalize)
      default:
        throw module["type"].error(
          expected: "a Transformer, a Pooling, then any number of Dense and Normalize")
      }
    }
    guard isPooled else {
      throw InputError(
        file: path, expected: "a Transformer and a Pooling", found: "\(modules.count) modules")
    }
  }

  private static func place(of module: JSONField, in directory: String) throws -> String {
    let path = module["path"]
    let parts = try path.string().split(separator: "/", omittingEmptySubsequences: false)
    guard parts == [""] || parts.allSatisfy({ !["", ".", ".."].contains($0) }),
      !parts.contains(where: { $0.utf8.contains(0) })
    else { throw path.error(expected: "a path inside the directory") }
    return parts == [""] ? directory : "\(directory)/\(parts.joined(separator: "/"))"
  }

  /// Reads what belongs to the encoder.
  ///
  /// Older versions name the file after the architecture; where it gives no length, the tokenizer's
  /// configuration does.
  private mutating func readSettings() throws {
    let names = ["bert", "roberta", "xlm-roberta", "camembert", "distilbert", "albert", "electra"]
    let paths = names.map { "\(encoder)/sentence_\($0)_config.json" }
    if let path = paths.first(where: { access($0, F_OK) == 0 }) {
      let settings = try JSONField(contentsOf: path, maximumSize: 1 << 20)
      let limit = settings["max_seq_length"]
      maximumLength = limit.isNull ? nil : try limit.integer(in: 1...(1 << 20))
      lowercases = try settings["do_lower_case"].bool(default: false)
    }
    let path = "\(encoder)/tokenizer_config.json"
    if maximumLength == nil, access(path, F_OK) == 0 {
      let limit = try JSONField(contentsOf: path, maximumSize: 1 << 26)["model_max_length"]
      // Tokenizers without a limit have 10³⁰ here.
      if case .integer(let count) = limit.value, count > 0 { maximumLength = count }
    }
  }

  /// Reads what is put before texts, and how their vectors are compared.
  private mutating func readPrompts(_ directory: String) throws {
    let path = "\(directory)/config_sentence_transformers.json"
    guard access(path, F_OK) == 0 else { return }
    let config = try JSONField(contentsOf: path, maximumSize: 1 << 20)
    similarity = try config["similarity_fn_name"].optionalString() ?? similarity
    let names = config["prompts"].isNull ? [] : try config["prompts"].members().map(\.key)
    prompts = try names.map { ($0, try config["prompts"][$0].optionalString() ?? "") }
    defaultPromptName = try config["default_prompt_name"].optionalString()
    // A prompt of that name is needed.
    if let name = defaultPromptName { _ = try config["prompts"][name].string() }
  }

  /// The names of sentence-transformers, each with the switch that stood for it before 5.7.
  static let poolingNames: [(name: String, flag: String, pooling: Pooling)] = [
    ("cls", "pooling_mode_cls_token", .first),
    ("max", "pooling_mode_max_tokens", .max),
    ("mean", "pooling_mode_mean_tokens", .mean),
    ("mean_sqrt_len_tokens", "pooling_mode_mean_sqrt_len_tokens", .meanSquareRootLength),
    ("lasttoken", "pooling_mode_lasttoken", .last),
  ]

  private static func poolings(_ directory: String, hasPrompt: Bool) throws -> [Pooling] {
    let config = try JSONField(contentsOf: "\(directory)/config.json", maximumSize: 1 << 20)
    guard try !hasPrompt || config["include_prompt"].bool(default: true) else {
      throw config["include_prompt"].error(expected: "true")
    }
    guard try !config["pooling_mode_weightedmean_tokens"].bool(default: false) else {
      throw config["pooling_mode_weightedmean_tokens"].error(expected: "false")
    }
    let mode = config["pooling_mode"]
    guard !mode.isNull else {
      let flagged = try poolingNames.filter { try config[$0.flag].bool(default: false) }
      return flagged.isEmpty ? [.mean] : flagged.map(\.pooling)
    }
    let modes = if case .array = mode.value { try mode.array() } else { [mode] }
    guard !modes.isEmpty else { throw mode.error(expected: "a pooling mode") }
    return try modes.map { mode in
      let name = try mode.string()
      guard let known = poolingNames.first(where: { $0.name == name }) else {
        let names = poolingNames.map(\.name).joined(separator: ", ")
        throw mode.error(expected: "one of \(names)")
      }
      return known.pooling
    }
  }

  static let activations: [String: Activation] = [
    "Tanh": .tanh, "Identity": .linear, "ReLU": .relu, "GELU": .gelu, "SiLU": .silu,
    "Sigmoid": .sigmoid,
  ]

  private static func dense(_ directory: String) throws -> SentenceHead.Step {
    let config = try JSONField(contentsOf: "\(directory)/config.json", maximumSize: 1 << 20)
    let sizes = 1...(1 << 16)
    let inputs = try config["in_features"].integer(in: sizes)
    let outputs = try config["out_features"].integer(in: sizes)
    let name = try config["activation_function"].optionalString() ?? "torch.nn.Tanh"
    guard let activation = activations[String(name.split(separator: ".").last ?? "")] else {
      let names = activations.keys.sorted().joined(separator: ", ")
      throw config["activation_function"].error(expected: "one of \(names)")
    }
    for key in ["module_input_name", "module_output_name"] {
      guard try config[key].optionalString() ?? "sentence_embedding" == "sentence_embedding"
      else { throw config[key].error(expected: "\"sentence_embedding\"") }
    }
    guard try !config["use_residual"].bool(default: false) else {
      throw config["use_residual"].error(expected: "false")
    }
    let weights = try SafetensorsCheckpoint(directory: directory)
    let weight = Parameter(
      "linear.weight", try weights.floats("linear.weight", shape: [outputs, inputs]))
    let bias =
      try config["bias"].bool(default: true)
      ? Parameter("linear.bias", try weights.floats("linear.bias", shape: [outputs])) : nil
    return .dense(Linear(weight: weight, bias: bias), activation)
  }
}
