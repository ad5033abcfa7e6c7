import ApusFiles
import ApusTensors
import ApusVectors
import ArgumentParser
import Foundation

struct VectorsNeighbours: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "neighbours",
    abstract: "List the words whose vectors are most alike a word's.")

  @OptionGroup var vectors: VectorsArgument

  @Argument(help: "The word.")
  var word: String

  @OptionGroup var list: NeighbourList

  func run() throws {
    let vectors = try list.read(vectors.path)
    list.print(try vectors.neighbours(of: word, count: list.count))
  }
}

/// How neighbours are listed.
struct NeighbourList: ParsableArguments {
  @Option(help: "How many words.")
  var count = 10

  @OptionGroup var threads: ThreadOption

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard count > 0 else { throw ValidationError("--count must be at least 1, got \(count).") }
  }

  func read(_ path: String) throws -> WordVectors {
    Processor.threadCount = threads.count
    return try WordVectors(contentsOf: path)
  }

  func print(_ neighbours: [WordVectors.Neighbour]) {
    if json {
      let list = neighbours.map { neighbour -> JSONValue in
        .object([
          ("word", .string(neighbour.word)), ("similarity", .number(Double(neighbour.similarity))),
        ])
      }
      Output.print(.object([("neighbours", .array(list))]))
    } else {
      let rows = neighbours.map { [$0.word, String(format: "%.4f", $0.similarity)] }
      TextTable(rows).lines.forEach { Swift.print($0) }
    }
  }
}
