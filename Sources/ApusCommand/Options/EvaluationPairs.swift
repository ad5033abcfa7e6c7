import Apus
import ApusFiles
import ApusLayers
import ApusModels
import ApusTraining
import ArgumentParser

/// The files that a translator is measured on.
struct EvaluationPairs: ParsableArguments {
  @Option(help: "A file of lines to translate.", completion: .file())
  var source: String?

  @Option(help: "What they should become, a line for each.", completion: .file())
  var target: String?

  @Option(
    name: [.customLong("beam"), .customLong("beams")],
    help: "Follow this many translations of a line, or readings of an utterance, at once.")
  var beam: Int?

  @Option(help: "The power of GNMT's length normalisation; 0 for none. (default: 0.6)")
  var lengthPenalty: Float?

  @Flag(help: "Lines of --target hold several right answers with tabs between them.")
  var alternatives = false

  func validate() throws {
    if let beam, !(1...1024 ~= beam) {
      throw ValidationError("--beam must be from 1 to 1024, got \(beam).")
    }
    if let lengthPenalty, !lengthPenalty.isFinite {
      throw ValidationError("--length-penalty must be finite, got \(lengthPenalty).")
    }
  }

  /// The measures of a translator.
  func report(of directory: String, _ precision: Mode.Precision) throws -> EvaluationReport {
    guard let source, let target else {
      throw InputError(expected: "--source and --target for a translator", found: "none")
    }
    let text = try ParallelText(source: source, target: target)
    let translator = try TextTranslator(directory, precision: precision)
    var search = TranslationSearch(width: beam ?? 5)
    if let lengthPenalty { search.lengthPenalty = lengthPenalty }
    let score = try translator.score(
      text, search, alternativesBetween: alternatives ? "\t" : nil)
    let report: EvaluationReport = [
      ("lines", .integer(score.count)), ("bleu", .number(score.bleu)),
      ("chrf", .number(score.chrF)), ("exact_match", .number(score.exactMatch)),
    ]
    switch translator.model.config.targetUnit {
    case .word: return report + [("wer", .number(score.editRate))]
    case .phone:
      return report + [
        ("per", .number(score.editRate)), ("wer", .number(1 - score.exactMatch)),
      ]
    }
  }
}
