import ApusDecoding
import ApusFiles
import ApusText
import ArgumentParser
import Foundation

struct NGramTrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Learn a model with modified Kneser-Ney smoothing from text, a sentence a line.",
    discussion: "What is written <unk> counts as an unknown word.")

  @Argument(
    help: "Text files, gzip or not, or - for standard input; empty lines are left out.",
    completion: .file())
  var input: [String]

  @Option(help: "The words of the longest n-grams, 1 to 16.")
  var order = 3

  @Option(help: "What counts as a word: word or character.")
  var unit = NGramUnit.word

  @Option(
    name: .shortAndLong, help: "The file to write: .arpa or .bin.",
    completion: .file(extensions: ["arpa", "bin"]))
  var output: String

  func validate() throws { _ = try NGramForm(ofPath: output) }

  func run() throws {
    try requireWritable(output)
    var trainer = try NGramTrainer(order: order)
    for path in input {
      var lines = try TextLines(path)
      while let line = try lines.next() {
        let words = NGramModel.words(of: line, unit)
        guard !words.isEmpty else { continue }
        do {
          try trainer.add(words)
        } catch {
          throw InputError(
            file: lines.name, row: lines.row, expected: error.expected, found: error.found)
        }
      }
    }
    let (model, smoothing) = try trainer.model()
    try NGramForm(ofPath: output).write(model, to: output)
    for (index, (count, smoothing)) in zip(model.counts, smoothing).enumerated() {
      let discounts = smoothing.discounts.map { String(format: "%.3f", $0) }
      print(
        "\(Quantities.count(count)) \(index + 1)-grams, discounts "
          + discounts.joined(separator: " ") + (smoothing.isAssumed ? " (assumed)" : ""))
    }
  }
}
