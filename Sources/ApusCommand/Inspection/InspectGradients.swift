import Apus
import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText
import ApusTraining
import ArgumentParser
import Foundation

struct InspectGradients: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gradients",
    abstract: "Show how far back in time recurrent models learn.",
    discussion: """
      For predictions all over a text, the norm of the gradient of a prediction's loss by the states \
      before it, at each distance in time. Plain units forget exponentially, gates keep.

      EXAMPLES
        apus inspect gradients runs/lstm runs/gru runs/rnn --data test.txt \\
          --svg gradients.svg
        apus inspect gradients runs/lstm --data test.txt --lags 100 --json
      """)

  @Argument(
    help: "Directories of recurrent language models with their tokenizer.json.",
    completion: .directory)
  var directories: [String]

  @Option(help: "Text: a file, a directory, or - for standard input.")
  var data: String

  @Option(help: "The longest distance, in tokens.")
  var lags = 50

  @Option(help: "The predictions that are averaged, spread evenly over the text.")
  var rows = 64

  @Option(help: ArgumentHelp("Where to draw the picture.", valueName: "file"))
  var svg: String?

  @OptionGroup var threads: ThreadOption

  @Flag(help: "Print a JSON object.")
  var json = false

  func validate() throws {
    for (name, value, most) in [("--lags", lags, 100_000), ("--rows", rows, 65_536)] {
      guard 1...most ~= value else {
        throw ValidationError("\(name) must be from 1 to \(most), got \(value).")
      }
    }
    guard data != "-" || directories.count == 1 else {
      throw ValidationError("--data - can be read once, for one model.")
    }
  }

  func run() throws {
    Processor.threadCount = threads.count
    let report = GradientReport(try directories.map(curve))
    if let svg { try writeAtomically(report.svg, to: svg) }
    if json {
      Output.print(
        .object(report.curves.map { ($0.name, .array($0.norms.map { .number($0) })) }))
    } else {
      let table = TextTable(
        ["lag"] + report.curves.map(\.name),
        (0..<lags).map { lag in
          ["\(lag + 1)"] + report.curves.map { rounded($0.norms[lag]) }
        })
      table.lines.forEach { print($0) }
    }
  }

  private func curve(_ directory: String) throws -> GradientReport.Curve {
    guard case .recurrent(let model) = try ModelDirectory.load(directory).model else {
      throw InputError(
        file: directory, expected: "a recurrent language model", found: "another one")
    }
    let tokenizer = try Tokenizer(
      contentsOf: "\(directory)/tokenizer.json", fitting: model.config.vocabularySize)
    var ids: [Int32] = []
    let end = tokenizer.id(of: Tokenizer.endOfText)
    try Corpus([data], documents: .lines).forEachDocument { bytes, _ in
      tokenizer.encode(bytes, into: &ids)
      if let end { ids.append(end) }
    }
    let length = lags + 2
    guard ids.count >= length else {
      throw InputError(
        file: data, expected: "a text of at least \(length) tokens", found: "\(ids.count)")
    }
    let count = min(rows, ids.count - length + 1)
    let starts = (0..<count).map { $0 * (ids.count - length) / max(1, count - 1) }
    let norms = model.gradientNorms(
      starts.map { Array(ids[$0..<$0 + length]) }, .evaluation())
    return GradientReport.Curve(name: directory, norms: norms)
  }

  private func rounded(_ norm: Double) -> String {
    norm == 0 ? "0" : String(format: "%.3e", norm)
  }
}
