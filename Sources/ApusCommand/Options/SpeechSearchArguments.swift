import ApusText
import ApusTraining
import ArgumentParser

/// How readings are searched for, on the command line.
struct SpeechSearchArguments: ParsableArguments {
  @Option(help: "A language model in ARPA or binary form.", completion: .file())
  var languageModel: String?

  @Option(
    parsing: .unconditional, help: "What the language model counts for. (default: 0.5)")
  var alpha: Double?

  @Option(
    parsing: .unconditional, help: "What each word adds, in nats. (default: 1.5)")
  var beta: Double?

  @Option(help: "A file of the only words there are, one a line.", completion: .file())
  var lexicon: String?

  @Option(help: "A word that is likelier than its sound; may be given several times.")
  var hotWord: [String] = []

  @Option(
    parsing: .unconditional, help: "What each hot word adds, in nats. (default: 10)")
  var hotWeight: Double?

  func validate() throws {
    if languageModel == nil, alpha != nil || beta != nil {
      throw ValidationError("--alpha and --beta have a meaning with --language-model alone.")
    }
    if hotWord.isEmpty, hotWeight != nil {
      throw ValidationError("--hot-weight has a meaning with --hot-word alone.")
    }
  }

  /// The name of an option that is given.
  var name: String {
    languageModel != nil ? "--language-model" : lexicon != nil ? "--lexicon" : "--hot-word"
  }

  /// Whether anything is given.
  var isGiven: Bool { languageModel != nil || lexicon != nil || !hotWord.isEmpty }

  /// - Throws: `FileError` or `InputError` for a lexicon that can't be read.
  func options(beam: Int?) throws -> SpeechSearchOptions {
    var options = SpeechSearchOptions()
    if let beam { options.width = beam }
    options.languageModel = languageModel
    if let alpha { options.alpha = alpha }
    if let beta { options.beta = beta }
    options.lexicon = try lexicon.map { try TextLines.all(of: $0).filter { !$0.isEmpty } }
    options.hotWords = hotWord
    if let hotWeight { options.hotWeight = hotWeight }
    return options
  }
}

extension TextLines {
  /// The lines of a small file.
  static func all(of path: String) throws -> [String] {
    var lines = try TextLines(path)
    var all: [String] = []
    while let line = try lines.next() { all.append(line) }
    return all
  }

  /// The text of a small file on one line.
  static func joined(_ path: String) throws -> String {
    try all(of: path).joined(separator: " ")
  }
}
