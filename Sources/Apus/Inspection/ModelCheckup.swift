import ApusFiles
import ApusModels
import ApusTensors
import ApusText
import ApusTraining
import ApusVectors
import Glibc

/// A look at a model directory before it is loaded.
public struct ModelCheckup: Sendable {
  public private(set) var findings: [Finding] = []
  private static let listed = 5

  /// Reads configuration, weights and tokenizer.
  ///
  /// - Throws: `FileError` if a file can't be read. A file that isn't there, and what is wrong with
  ///   those that are, is a finding.
  public init(of directory: String) throws {
    do {
      if WordVectors.isDirectory(directory) {
        findings += Self.findings(of: try WordVectors(contentsOf: directory))
        return
      }
      switch try ModelKind(of: directory) {
      case .language:
        let config = try ModelDirectory.config(of: directory)
        findings += try Self.tokenizerFindings(directory, vocabularySize: config.vocabularySize)
        findings += try Self.weightFindings(WeightInspection(of: directory))
      case .sentences:
        let modules = try SentenceModules(of: directory)
        findings += try Self.weightFindings(WeightInspection(of: modules.encoder))
        // What is left is whether modules, tokenizer and encoder fit together.
        if findings.allSatisfy({ $0.severity != .failure }) { _ = try TextEmbedder(directory) }
      case .fineTuned: findings += try Self.findings(ofFineTuned: directory)
      case .classifier: findings += try Self.findings(ofClassifier: directory)
      case .ensemble:
        let ensemble = try ClassifierEnsemble(directory)
        findings += try ensemble.names.flatMap {
          try Self.findings(ofClassifier: "\(directory)/\($0)")
        }
      case .translator:
        findings += Self.valueFindings(try Translator.load(directory).store, directory)
        _ = try TextTranslator(directory)
      case .elmo: findings += Self.valueFindings(try ELMo.encoder(of: directory).store, directory)
      case .tagger: findings += Self.valueFindings(try WordTagger.load(directory).store, directory)
      case .recognizer: _ = try SpeechRecognizer(directory)
      }
    } catch let error as InputError {
      findings.append(.failure("\(error)"))
    } catch let error as FileError where error.code == ENOENT {
      findings.append(.failure("\(error)"))
    }
  }

  private static func findings(ofFineTuned directory: String) throws -> [Finding] {
    let (model, store) = try FineTunedModel.load(directory)
    let idle = model.config.tasks.filter { $0.kind == .language }.map {
      Finding.note("task \($0.name) was learnt beside others and predicts nothing")
    }
    return valueFindings(store, directory) + idle
  }

  private static func findings(ofClassifier directory: String) throws -> [Finding] {
    _ = try StoredClassifier(directory)
    return valueFindings(try SequenceClassifier.load(directory).store, directory)
  }

  /// Weights with values that are no numbers.
  private static func valueFindings(_ store: ParameterStore, _ directory: String) -> [Finding] {
    store.namedValues.compactMap { name, value in
      let count = value.floatElements.count { !$0.isFinite }
      return count > 0
        ? .failure("\(directory): \(name) has \(count) values that are not finite") : nil
    }
  }

  private static func findings(of vectors: WordVectors) -> [Finding] {
    let values = vectors.vectors
    let count = values.withElements(as: Float.self) { $0.count { !$0.isFinite } }
    return count > 0 ? [.failure("the vectors have \(count) values that are not finite")] : []
  }

  private static func weightFindings(_ weights: WeightInspection) throws -> [Finding] {
    var findings = weights.misfits.prefix(listed).map { Finding.failure("\($0)") }
    if weights.misfits.count > listed {
      findings.append(.failure("\(weights.misfits.count - listed) more tensors do not fit"))
    }
    for tensor in weights.nonFinite {
      findings.append(
        .failure(
          "\(tensor.name) has \(tensor.nanCount) values that are no numbers and "
            + "\(tensor.infiniteCount) infinite ones"))
    }
    if !weights.unused.isEmpty {
      let names = weights.unused.prefix(listed).joined(separator: ", ")
      let more = weights.unused.count > listed ? ", …" : ""
      findings.append(
        .note("\(weights.unused.count) tensors are not part of the model: \(names)\(more)"))
    }
    return findings
  }

  private static func tokenizerFindings(
    _ directory: String, vocabularySize: Int
  ) throws -> [Finding] {
    let tokenizer: Tokenizer
    do {
      tokenizer = try Tokenizer(contentsOf: directory)
    } catch let error as InputError where error.file == directory {
      return [.warning("\(directory) has no tokenizer")]
    }
    if tokenizer.vocabularySize > vocabularySize {
      return [
        .failure(
          "\(directory): expected a tokenizer of at most the model's \(vocabularySize) tokens, "
            + "got \(tokenizer.vocabularySize)")
      ]
    }
    if tokenizer.vocabularySize < vocabularySize {
      return [
        .note(
          "the tokenizer has \(tokenizer.vocabularySize) tokens, the model room for "
            + "\(vocabularySize)")
      ]
    }
    return []
  }
}
