import ApusDecoding
import ApusFiles
import ArgumentParser

struct NGramGroup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ngram",
    abstract: "Learn a language model of n-grams, convert it, or score text with it.",
    discussion: """
      Models are files in ARPA form, gzip or not, or in a compact binary form that is mapped into \
      memory. Speech is transcribed with them by `apus transcribe --language-model`.

      EXAMPLES
        apus ngram train transcripts.txt --order 3 --output words.arpa
        apus ngram train transcripts.txt --order 6 --unit character \\
          --output characters.bin
        apus ngram convert words.arpa words.bin
        apus ngram score words.bin test.txt
      """,
    subcommands: [NGramTrain.self, NGramConvert.self, NGramScore.self])
}

/// The form of a file of n-grams.
enum NGramForm {
  case arpa, binary

  /// - Throws: A usage error for a name that stands for none.
  init(ofPath path: String) throws {
    if path.hasSuffix(".arpa") {
      self = .arpa
    } else if path.hasSuffix(".bin") {
      self = .binary
    } else {
      throw ValidationError("expected a name that ends in .arpa or .bin, got \(path).")
    }
  }

  func write(_ model: NGramModel, to path: String) throws {
    switch self {
    case .arpa: try model.writeARPA(to: path)
    case .binary: try model.writeBinary(to: path)
    }
  }
}

extension NGramUnit: ExpressibleByArgument {}
