import ApusFiles
import ApusTensors
import ApusText
import ApusVectors

/// A pretrained network with its weights, as a directory has it.
public struct PretrainedNetwork: Sendable {
  public let directory: String
  public let config: PretrainedConfig
  /// What cuts words into tokens; nil for an ELMo, which takes their bytes.
  public let tokenizer: Tokenizer?
  public let weights: [(name: String, value: Tensor)]
  /// The tasks that were learnt with it, of a fine-tuned model.
  public private(set) var tasks: [TaskConfig] = []
  /// The weights of those tasks, under `tasks`.
  public private(set) var taskWeights: [(name: String, value: Tensor)] = []

  /// A network that was made in memory.
  public init(
    directory: String, _ config: PretrainedConfig, _ tokenizer: Tokenizer?,
    _ weights: [(name: String, value: Tensor)]
  ) {
    self.directory = directory
    self.config = config
    self.tokenizer = tokenizer
    self.weights = weights
  }

  /// Reads a directory of Apus (a pretrained model, a classifier of texts, word vectors, or a fine-tuned
  /// model), one in the layout of Hugging Face's transformers, or a file of word vectors.
  ///
  /// - Throws: `FileError` if a file can't be read; `InputError` naming what does not fit.
  public init(_ directory: String) throws {
    guard !WordVectors.areAt(directory) else {
      try self.init(WordVectors(contentsOf: directory), of: directory)
      return
    }
    let type = try ModelDirectory.modelType(of: directory)
    switch type {
    case ELMoConfig.modelType:
      let (model, store) = try ELMo.encoder(of: directory)
      self.init(directory: directory, .elmo(model.config), nil, store.namedValues)
    case FineTunedConfig.modelType:
      let (model, store) = try FineTunedModel.load(directory)
      let place = FineTunedModel.encoderScope + "."
      let values = store.namedValues
      self.init(
        directory: directory, model.config.encoder, model.tokenizer,
        values.filter { $0.name.hasPrefix(place) }.map {
          (String($0.name.dropFirst(place.count)), $0.value)
        })
      tasks = model.config.tasks
      taskWeights = values.filter { !$0.name.hasPrefix(place) }
    case let type? where ClassifierConfig.modelTypes.contains(type):
      let (model, store) = try SequenceClassifier.load(directory)
      self.init(
        directory: directory, try .words(of: model.config, file: directory),
        try Tokenizer(
          contentsOf: "\(directory)/tokenizer.json", fitting: model.config.vocabularySize),
        store.namedValues.filter { !$0.name.hasPrefix(SequenceClassifier.headScope + ".") })
    default:
      let sizes = try ModelDirectory.config(of: directory).encoder(ofDirectory: directory)
      let (encoder, store) = try ModelDirectory.loadEncoder(directory)
      self.init(
        directory: directory, .transformer(sizes),
        try Tokenizer(contentsOf: directory, fitting: encoder.transformer.vocabularySize),
        store.namedValues)
      let surrounding = tokenizer?.specialTokenCount(isPair: false) ?? 0
      guard encoder.transformer.contextLength > surrounding else {
        throw InputError(
          file: directory, expected: "a context of more than the \(surrounding) special tokens",
          found: "\(encoder.transformer.contextLength)")
      }
    }
  }
}
