import ApusFiles
import ApusModels
import ApusTensors

extension PathSummary {
  private static func list(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }

  static func architecture(_ config: FineTunedConfig) -> Members {
    let tasks = config.tasks.map { task -> (key: String, value: JSONValue) in
      var members: Members = [("type", .string(task.kind.rawValue)), ("pair", .bool(task.isPair))]
      if task.kind.poolsStates {
        members.append(("head", .string(task.head.rawValue)))
        members.append(("pooling", .string(task.pooling.rawValue)))
      }
      if task.kind == .tagging { members.append(("crf", .bool(task.hasChain))) }
      if !task.labels.isEmpty { members.append(("labels", list(task.labels))) }
      if let thresholds = task.thresholds {
        let values = zip(task.labels, thresholds.values).map { ($0, JSONValue.decimal($1)) }
        members.append(("thresholds", .object(values.map { (key: $0.0, value: $0.1) })))
      }
      return (task.name, .object(members))
    }
    return [
      ("architecture", .string(FineTunedConfig.modelType)),
      ("encoder", .string(config.encoder.modelType)),
      ("encoder_frozen", .bool(config.isEncoderFrozen)),
      ("state_size", .integer(config.encoder.stateSize)),
      ("max_length", .integer(config.maximumLength)), ("tasks", .object(tasks)),
    ]
  }

  static func architecture(_ config: ClassifierConfig) -> Members {
    [
      ("architecture", .string(config.modelType)),
      ("parameters", .integer(Int(config.parameterCount))),
      ("reads", .string(config.readsTerms ? "terms" : "words")),
      ("vocabulary_size", .integer(config.vocabularySize)),
      ("features", .integer(config.featureCount)), ("labels", list(config.labels)),
    ]
  }

  static func architecture(_ config: TranslatorConfig) -> Members {
    let network =
      switch config.network {
      case .recurrent(let sizes): "recurrent, \(sizes.cell.rawValue) with \(sizes.form.rawValue)"
      case .transformer: "transformer"
      }
    return [
      ("architecture", .string(TranslatorConfig.modelType)), ("network", .string(network)),
      ("parameters", .integer(Int(config.parameterCount))),
      ("source_vocabulary_size", .integer(config.sourceVocabularySize)),
      ("target_vocabulary_size", .integer(config.targetVocabularySize)),
      ("embedding_size", .integer(config.embeddingSize)),
    ]
  }

  static func architecture(_ config: ELMoConfig) -> Members {
    [
      ("architecture", .string(ELMoConfig.modelType)),
      ("words", .integer(config.vocabularySize)), ("layers", .integer(config.layerCount)),
      ("hidden_size", .integer(config.size)), ("projection_size", .integer(config.projectedSize)),
    ]
  }

  static func architecture(_ modules: SentenceModules) throws -> Members {
    let encoder = architecture(try ModelDirectory.config(of: modules.encoder))
    let names = modules.head.outline
    return [
      ("architecture", .string("sentence-transformers")), ("modules", list(names)),
      ("max_length", modules.maximumLength.map { .integer($0) } ?? .null),
      ("prompt", .string(modules.prompt)), ("encoder", .object(encoder)),
    ]
  }

  static func ensemble(_ path: String) throws -> Members {
    guard let config = try EnsembleConfig(directory: path) else { return [] }
    let members = try config.members.map { name -> (key: String, value: JSONValue) in
      let directory = "\(path)/\(name)"
      let weights = try SafetensorsCheckpoint(directory: directory)
      let sizes = try ClassifierConfig(ModelDirectory.configuration(of: directory))
      return (
        name,
        .object(
          architecture(sizes).dropLast() + [("weights", .object(Self.weights(weights.files)))])
      )
    }
    return [
      ("architecture", .string(EnsembleConfig.modelType)), ("vote", .string(config.vote.rawValue)),
      ("labels", list(config.labels)), ("members", .object(members)),
    ]
  }
}

extension SentenceHead {
  /// The modules behind the encoder by their names.
  fileprivate var outline: [String] {
    poolings.map { "pooling \($0)" }
      + steps.map { step in
        switch step {
        case .normalize: "normalize"
        case .dense(let linear, let activation): "dense \(linear.outputSize), \(activation)"
        }
      }
  }
}
