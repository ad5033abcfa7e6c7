import Apus
import ApusModels

/// The kinds of models that are measured each in its own way.
enum EvaluatedKind: CaseIterable {
  case causal, recurrent, window, masked, elmo, classifier, tagger, translator, recognizer
  case embedder, fineTuned

  /// The kind of the model in a directory.
  ///
  /// - Throws: `FileError` if there is none; `InputError` for one that can't be measured.
  init(of directory: String) throws {
    self =
      switch try ModelKind(of: directory) {
      case .sentences: .embedder
      case .translator: .translator
      case .classifier, .ensemble: .classifier
      case .tagger: .tagger
      case .fineTuned: .fineTuned
      case .elmo: .elmo
      case .recognizer: .recognizer
      case .language:
        switch try ModelDirectory.config(of: directory) {
        case .gpt: .causal
        case .recurrent: .recurrent
        case .window: .window
        case .bert: .masked
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
