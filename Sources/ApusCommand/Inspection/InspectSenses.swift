import Apus
import ApusFiles
import ApusTensors
import ApusVectors
import ArgumentParser
import Foundation

struct InspectSenses: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "senses",
    abstract: "Show whether vectors tell the senses of a word apart.",
    discussion: """
      The table gives the mean cosine of two occurrences of the word in one sense and in two senses, \
      and how often the nearest other occurrence has the same sense; the picture shows occurrences in \
      the plane of their two main directions. A static vector is the same everywhere, so that chance \
      decides; a contextual model gives each occurrence a vector of its own.

      EXAMPLES
        apus inspect senses all-MiniLM-L6-v2 --vectors runs/vectors \\
          --svg senses.svg
        apus inspect senses runs/bert --word spring --data spring.tsv --layer 4
        apus inspect senses runs/elmo --layer 2
      """)

  @Argument(
    help: "A model directory, as of `apus embed`; also an ELMo.", completion: .directory)
  var directory: String

  @Option(
    help: ArgumentHelp("Static vectors to compare with, as of `apus vectors`.", valueName: "path"))
  var vectors: String?

  @Option(help: "The word.")
  var word = "bank"

  @Option(
    help: ArgumentHelp(
      "Lines of a sense, a tab and a sentence with the word. (default: made-up ones for bank)",
      valueName: "file"), completion: .file())
  var data: String?

  @Option(
    help: "The layer whose states are compared. (default: the last; the mean of all of an ELMo)")
  var layer: Int?

  @Option(help: ArgumentHelp("Where to draw the picture.", valueName: "file"))
  var svg: String?

  @OptionGroup var threads: ThreadOption

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard data != nil || word.lowercased() == "bank" else {
      throw ValidationError("--word \(word) needs --data with sentences.")
    }
  }

  func run() throws {
    Processor.threadCount = threads.count
    let examples = try data.map(SenseExample.read) ?? SenseExample.bank
    let comparison = try SenseComparison(
      of: word, in: examples, vectors: try vectors.map { ($0, try WordVectors(contentsOf: $0)) },
      embedder: (directory, try states()))
    if let svg { try writeAtomically(comparison.svg, to: svg) }
    if json {
      Output.print(comparison.json)
    } else {
      comparison.lines.forEach { print($0) }
    }
  }

  /// What the model makes of a word in each of some texts.
  private func states() throws -> (_ word: String, _ texts: [String]) throws -> [[Float]] {
    if try ModelKind(of: directory) == .elmo {
      let embedder = try WordEmbedder(directory)
      return { try embedder.states(of: $0, in: $1, layer: layer) }
    }
    let embedder = try TextEmbedder(directory, EmbeddingOptions(layer: layer))
    return { try embedder.states(of: $0, in: $1) }
  }
}

extension SenseComparison {
  var json: JSONValue {
    .object([
      ("word", .string(word)), ("sentences", .integer(examples.count)),
      (
        "vectors",
        .array(
          results.map { result in
            .object([
              ("name", .string(result.name)), ("cosine_within_senses", .number(result.within)),
              ("cosine_between_senses", .number(result.between)),
              ("nearest_has_same_sense", .number(result.accuracy)),
            ])
          })
      ),
    ])
  }

  var lines: [String] {
    TextTable(
      ["vectors", "within senses", "between", "difference", "nearest has same sense"],
      results.map { result in
        [
          result.name, String(format: "%.3f", result.within),
          String(format: "%.3f", result.between),
          String(format: "%.3f", result.within - result.between),
          String(format: "%.1f %%", 100 * result.accuracy),
        ]
      }
    ).lines
  }
}
