import ApusFiles
import ApusModels
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
      let type = try ModelDirectory.modelType(of: directory)
      if type == TaggerConfig.modelType {
        _ = try WordTagger.load(directory)
        return
      }
      if SpeechConfig.modelTypes.contains(type ?? "") {
        _ = try SpeechRecognizer(directory)
        return
      }
      let config = try ModelDirectory.config(of: directory)
      findings += try Self.tokenizerFindings(directory, vocabularySize: config.vocabularySize)
      findings += try Self.weightFindings(WeightInspection(of: directory))
    } catch let error as InputError {
      findings.append(.failure("\(error)"))
    } catch let error as FileError where error.code == ENOENT {
      findings.append(.failure("\(error)"))
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
