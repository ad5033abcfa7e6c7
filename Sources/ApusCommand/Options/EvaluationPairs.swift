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

  @Flag(help: "A line's target is several right answers with tabs between them.")
  var alternatives = false

  func validate() throws {
    if let beam, !(1...1024 ~= beam) {
      throw ValidationError("--beam must be from 1 to 1024, got \(beam).")
    }
    if let lengthPenalty, !lengthPenalty.isFinite {
      throw ValidationError("--length-penalty must be finite, got \(lengthPenalty).")
    }
  }

  /// The measures of a translator on the two files, or on one of sources and targets with tabs between
  /// them.
  func report(
    of directory: String, data: String?, _ precision: Mode.Precision
  ) throws -> EvaluationReport {
    let text = try text(data)
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

  private func text(_ data: String?) throws -> ParallelText {
    switch (data, source, target) {
    case (let data?, nil, nil): return try ParallelText(tabbed: data, hasAlternatives: alternatives)
    case (nil, let source?, let target?): return try ParallelText(source: source, target: target)
    default:
      let given = [("--data", data), ("--source", source), ("--target", target)]
        .filter { $0.1 != nil }.map(\.0)
      throw InputError(
        expected: "--source and --target, or --data alone, for a translator",
        found: given.isEmpty ? "none" : given.joined(separator: " and "))
    }
  }
}
