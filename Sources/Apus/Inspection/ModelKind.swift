import ApusModels
import Glibc

/// The kinds of model directories that are looked at each in its own way.
public enum ModelKind: Sendable {
  case language, elmo, classifier, ensemble, tagger, translator, recognizer, sentences, fineTuned

  /// The kind of the model in a directory.
  ///
  /// - Throws: `FileError` if there is no `config.json`; `InputError` if it can't be read.
  public init(of directory: String) throws {
    if access("\(directory)/modules.json", F_OK) == 0 {
      self = .sentences
      return
    }
    switch try ModelDirectory.modelType(of: directory) {
    case TaggerConfig.modelType: self = .tagger
    case FineTunedConfig.modelType: self = .fineTuned
    case EnsembleConfig.modelType: self = .ensemble
    case TranslatorConfig.modelType: self = .translator
    case ELMoConfig.modelType: self = .elmo
    case let type? where ClassifierConfig.modelTypes.contains(type): self = .classifier
    case let type? where SpeechConfig.modelTypes.contains(type): self = .recognizer
    default: self = .language
    }
  }
}
