import ApusModels
import Glibc

/// The kinds of models that are measured each in its own way.
enum EvaluatedKind: CaseIterable {
  case causal, recurrent, window, masked, elmo, classifier, tagger, translator, recognizer
  case embedder, fineTuned

  /// The kind of the model in a directory.
  ///
  /// - Throws: `FileError` if there is none; `InputError` for one that can't be measured.
  init(of directory: String) throws {
    if access("\(directory)/modules.json", F_OK) == 0 {
      self = .embedder
      return
    }
    switch try ModelDirectory.modelType(of: directory) {
    case TranslatorConfig.modelType: self = .translator
    case let type? where ClassifierConfig.modelTypes.contains(type): self = .classifier
    case EnsembleConfig.modelType: self = .classifier
    case TaggerConfig.modelType: self = .tagger
    case FineTunedConfig.modelType: self = .fineTuned
    case ELMoConfig.modelType: self = .elmo
    case let type? where SpeechConfig.modelTypes.contains(type): self = .recognizer
    default:
      switch try ModelDirectory.config(of: directory) {
      case .gpt: self = .causal
      case .recurrent: self = .recurrent
      case .window: self = .window
      case .bert: self = .masked
      }
    }
  }

  var name: String {
    switch self {
    case .causal: "a causal Transformer"
    case .recurrent: "a recurrent language model"
    case .window: "a fixed-window language model"
    case .masked: "a masked language model"
    case .elmo: "an ELMo"
    case .classifier: "a classifier"
    case .tagger: "a tagger"
    case .translator: "a translator"
    case .recognizer: "a recogniser of speech"
    case .embedder: "an encoder of sentences"
    case .fineTuned: "a fine-tuned model"
    }
  }
}
