import ApusAudio
import ApusFiles
import ApusModels
import ApusTensors
import ApusText
import ApusTraining
import ApusVectors

/// What a path holds, as names and values in the order in which people read them.
///
/// Sizes in bytes have names that end in `bytes`.
public struct PathSummary: Sendable {
  public typealias Members = [(key: String, value: JSONValue)]

  public let members: Members

  /// Looks at a model directory, a run, a safetensors file, token shards, a tokenizer, a recipe or
  /// a manifest of speech.
  ///
  /// - Throws: `FileError`; `InputError` for anything else and for what can't be read.
  public init(of path: String) throws {
    let kind = try PathKind(of: path)
    let head: Members = [("path", .string(path)), ("kind", .string(kind.rawValue))]
    switch kind {
    case .run: members = head + (try Self.run(path))
    case .model: members = head + (try Self.model(path))
    case .weights:
      let file = try SafetensorsFile(contentsOf: path)
      members = head + Self.weights([file]) + Self.contents(file)
    case .shards: members = head + (try Self.shards(path))
    case .tokenizer: members = head + Self.tokenizer(try Tokenizer(contentsOf: path))
    case .recipe: members = head + Self.recipe(try Recipe(contentsOf: path))
    case .speech: members = head + (try Self.speech(path))
    case .text:
      throw InputError(
        file: path,
        expected: "a model, a run, weights, shards, a tokenizer, a recipe or a manifest",
        found: "text or something unknown")
    }
  }

  private static func speech(_ path: String) throws -> Members {
    let utterances = try SpeechManifest.read(path)
    let durations = utterances.compactMap(\.duration)
    var members: Members = [
      ("form", .string(try SpeechManifest.form(of: path).rawValue)),
      ("utterances", .integer(utterances.count)),
    ]
    if durations.count == utterances.count {
      members.append(("hours", .number(durations.reduce(0, +) / 3600)))
    }
    let speakers = Set(utterances.compactMap(\.speaker)).count
    return speakers > 0 ? members + [("speakers", .integer(speakers))] : members
  }

  private static func run(_ path: String) throws -> Members {
    let run = try RunSummary(of: RunDirectory(path))
    var members: Members = [
      ("recipe", .string(run.recipe.name)), ("step", .integer(run.step)),
      ("finished", .bool(run.isFinished)), ("tokens", .integer(run.tokenCount)),
    ]
    if let steps = run.stepCount { members.append(("steps", .integer(steps))) }
    if let loss = run.bestLoss { members.append(("best_validation_loss", .number(loss))) }
    if let record = run.lastRecord {
      let values: Members = record.values.sorted { $0.key < $1.key }
        .map { ($0.key, .number($0.value)) }
      members.append(("last_record", .object([("step", .integer(record.step))] + values)))
    }
    // Before the first checkpoint there is no model.
    if let model = try? Self.model(path) { members.append(("model", .object(model))) }
    return members
  }

  private static func model(_ path: String) throws -> Members {
    if WordVectors.isDirectory(path) { return vectors(try WordVectors(contentsOf: path)) }
    var members: Members
    var place = path
    switch try ModelKind(of: path) {
    case .tagger: members = Self.architecture(try ModelDirectory.taggerConfig(of: path))
    case .recognizer: members = Self.architecture(try SpeechRecognizer(path))
    case .fineTuned: members = Self.architecture(try ModelDirectory.fineTunedConfig(of: path))
    case .translator:
      members = Self.architecture(
        try TranslatorConfig(ModelDirectory.configuration(of: path)))
    case .classifier:
      members = Self.architecture(
        try ClassifierConfig(ModelDirectory.configuration(of: path)))
    case .elmo:
      members = Self.architecture(try ELMo.encoder(of: path).model.config)
      if ELMo.isPublished(path) { return members }
    case .ensemble: return try Self.ensemble(path)
    case .sentences:
      let modules = try SentenceModules(of: path)
      members = try Self.architecture(modules)
      place = modules.encoder
    case .language: members = Self.architecture(try ModelDirectory.config(of: path))
    }
    let weights = try SafetensorsCheckpoint(directory: place)
    members.append(("weights", .object(Self.weights(weights.files))))
    if let tokenizer = try? Tokenizer(contentsOf: place) {
      members.append(("tokenizer", .object(Self.tokenizer(tokenizer))))
    }
    return members
  }

  private static func vectors(_ vectors: WordVectors) -> Members {
    var members: Members = [
      ("architecture", .string("word vectors")), ("words", .integer(vectors.count)),
      ("dimension", .integer(vectors.dimension)),
    ]
    if let counts = vectors.counts {
      members.append(("occurrences", .integer(counts.reduce(0, +))))
    }
    if let rule = vectors.subwords?.rule {
      members.append(("shortest_part", .integer(rule.lengths.lowerBound)))
      members.append(("longest_part", .integer(rule.lengths.upperBound)))
      members.append(("buckets", .integer(rule.bucketCount)))
    }
    return members
  }

  private static func architecture(_ recognizer: SpeechRecognizer) -> Members {
    let config = recognizer.model.config
    var members: Members = [
      ("architecture", .string(config.modelType)),
      ("parameters", .integer(Int(config.parameterCount))),
      ("input_size", .integer(config.inputSize)), ("symbols", .integer(config.symbolCount)),
      ("frames_per_element", .integer(config.timeStride)),
    ]
    switch recognizer.input {
    case .sound(let extractor):
      members.append(("features", .string(extractor.settings.kind.rawValue)))
      members.append(("sample_rate", .integer(extractor.settings.sampleRate)))
    case .image(let height): members.append(("image_height", .integer(height)))
    }
    return members
  }

  private static func architecture(_ config: TaggerConfig) -> Members {
    [
      ("architecture", .string(TaggerConfig.modelType)),
      ("words", .integer(config.wordCount - 1)),
      ("characters", .integer(config.characterCount - 1)),
      ("tags", .integer(config.tags.count)),
      ("scheme", config.scheme.map { .string($0.rawValue) } ?? .null),
      ("encoder", config.encoder.map { .string($0.modelType) } ?? .null),
      ("crf", .bool(config.hasChain)), ("layers", .integer(config.layerCount)),
      ("hidden_size", .integer(config.hiddenSize)), ("word_size", .integer(config.wordSize)),
    ]
  }

  static func architecture(_ config: LanguageModelConfig) -> Members {
    let common: Members = [
      ("architecture", .string(config.modelType)),
      ("parameters", .integer(Int(config.parameterCount))),
      ("vocabulary_size", .integer(config.vocabularySize)),
    ]
    if case .recurrent(let sizes) = config {
      return common + [
        ("layers", .integer(sizes.layerCount)), ("hidden_size", .integer(sizes.hiddenSize)),
        ("embedding_size", .integer(sizes.embeddingSize)),
      ]
    }
    if case .window(let sizes) = config {
      return common + [
        ("window_length", .integer(sizes.windowLength)),
        ("hidden_size", .integer(sizes.hiddenSize)),
        ("embedding_size", .integer(sizes.embeddingSize)),
      ]
    }
    guard let sizes = config.transformer else { return common }
    return common + [
      ("layers", .integer(sizes.layerCount)),
      ("hidden_size", .integer(sizes.hiddenSize)),
      ("heads", .integer(sizes.headCount)),
      ("intermediate_size", .integer(sizes.intermediateSize)),
      ("context_length", .integer(sizes.contextLength)),
      ("positions", .string(sizes.positions.rawValue)),
    ]
  }

  static func weights(_ files: [SafetensorsFile]) -> Members {
    let entries = files.flatMap(\.entries)
    var types: [String: Int] = [:]
    for entry in entries { types[entry.type, default: 0] += 1 }
    let valueCount = files.reduce(0) { $0 + $1.valueCount }
    return [
      ("tensor_count", .integer(entries.count)),
      ("values", .integer(Int(exactly: valueCount) ?? .max)),
      ("bytes", .integer(files.reduce(0) { $0 + $1.byteCount })),
      (
        "types",
        .object(types.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })
      ),
    ]
  }

  private static func contents(_ file: SafetensorsFile) -> Members {
    var members: Members = []
    if !file.metadata.isEmpty {
      let metadata = file.metadata.sorted { $0.key < $1.key }
      members.append(("metadata", .object(metadata.map { ($0.key, .string($0.value)) })))
    }
    members.append(
      (
        "tensors",
        .array(
          file.entries.map { entry in
            .object([
              ("name", .string(entry.name)), ("type", .string(entry.type)),
              ("shape", .array(entry.shape.map { .integer($0) })),
            ])
          })
      ))
    return members
  }

  private static func shards(_ path: String) throws -> Members {
    let places = ShardSummary.places(of: path)
    let parts = try places.map { place -> Members in
      let shards = try TokenShards(place)
      var members: Members = [
        ("documents", .integer(shards.documentCount)), ("tokens", .integer(shards.tokenCount)),
        ("vocabulary_size", .integer(shards.vocabularySize)),
        ("keeps_sentences", .bool(shards.hasSentences)),
        ("fingerprint", .string(String(shards.fingerprint, radix: 16))),
      ]
      if let tokenizer = try ShardSummary.tokenizer(beside: place) {
        members.append(("tokenizer", .string(TokenizerSummary(tokenizer).kind)))
      }
      return members
    }
    guard parts.count > 1 || places != [path] else { return parts.flatMap(\.self) }
    return zip(places, parts).map { place, members in
      (String(place.split(separator: "/").last ?? ""), .object(members))
    }
  }

  private static func tokenizer(_ tokenizer: Tokenizer) -> Members {
    let summary = TokenizerSummary(tokenizer)
    return [
      ("model", .string(summary.kind)), ("vocabulary_size", .integer(summary.vocabularySize)),
      ("special_tokens", .array(summary.specialTokens.map { .string($0.spelling) })),
      ("fingerprint", .string(String(summary.fingerprint, radix: 16))),
    ]
  }

  private static func recipe(_ recipe: Recipe) -> Members {
    var members: Members = [
      ("name", .string(recipe.name)), ("summary", .string(recipe.summary)),
      ("model", .string(recipe.model.kindName)),
    ]
    let size = recipe.expectedVocabularySize
    let parameters = recipe.model.parameterCount(vocabularySize: size)
    // What models over a pretrained encoder are made of stands in its directory.
    if parameters > 0 {
      members += [("parameters", .integer(Int(parameters))), ("vocabulary_size", .integer(size))]
    }
    if !recipe.tasks.isEmpty {
      members.append(
        ("tasks", .object(recipe.tasks.map { ($0.name, .string($0.kind.rawValue)) })))
    }
    let length = [("steps", recipe.training.steps), ("epochs", recipe.training.epochs)]
    return members + length.compactMap { name, count in count.map { (name, .integer($0)) } }
  }
}
