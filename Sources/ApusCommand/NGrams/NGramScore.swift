import ApusDecoding
import ApusFiles
import ApusText
import ArgumentParser
import Foundation

struct NGramScore: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score", abstract: "Measure the perplexity of text, a sentence a line.")

  @Argument(help: "A model, or - for standard input.", completion: .file())
  var model: String

  @Argument(
    help: "Text files, gzip or not, or - for standard input; empty lines are left out.",
    completion: .file())
  var input: [String]

  @Option(
    help: "What counts as a word: word or character. (default: what the model seems to have)")
  var unit: NGramUnit?

  @Flag(help: "Print the base-10 logarithm of the probability of each sentence before it.")
  var sentences = false

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if json, sentences { throw ValidationError("--sentences and --json exclude each other.") }
  }

  func run() throws {
    let model = try NGramModel(contentsOf: model)
    let unit = unit ?? model.unit
    var sum = NGramPerplexity()
    for path in input {
      var lines = try TextLines(path)
      while let line = try lines.next() {
        let words = NGramModel.words(of: line, unit)
        guard !words.isEmpty else { continue }
        let score = sum.add(words, model)
        if sentences { print(String(format: "%.4f\t", score) + line) }
      }
    }
    guard sum.sentenceCount > 0 else {
      throw InputError(expected: "text with at least one \(unit.rawValue)", found: "none")
    }
    if json {
      Output.print(
        .object([
          ("sentences", .integer(sum.sentenceCount)),
          ("words", .integer(sum.wordCount)),
          ("unknown_words", .integer(sum.unknownCount)),
          ("log10_probability", .number(sum.logProbability)),
          ("perplexity", .number(sum.perplexity)),
          ("perplexity_of_known_words", .number(sum.perplexityOfKnownWords)),
        ]))
    } else {
      print(
        "\(Quantities.count(sum.sentenceCount, "sentence")), "
          + "\(Quantities.count(sum.wordCount, unit.rawValue)), "
          + "\(Quantities.count(sum.unknownCount)) unknown: perplexity "
          + String(format: "%.2f, %.2f", sum.perplexity, sum.perplexityOfKnownWords)
          + " without unknown ones")
    }
  }
}
