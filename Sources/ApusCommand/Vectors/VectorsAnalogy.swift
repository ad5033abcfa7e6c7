import ApusVectors
import ArgumentParser

struct VectorsAnalogy: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analogy",
    abstract: "Find what is to C as B is to A.",
    discussion: """
      By sum the words x of the greatest cos(x, B) - cos(x, A) + cos(x, C) are listed, by product \
      those of the greatest cos(x, B) cos(x, C) / cos(x, A).

      EXAMPLES
        apus vectors analogy runs/vectors man king woman
        apus vectors analogy runs/vectors man king woman --by product --count 3
      """)

  @OptionGroup var vectors: VectorsArgument

  @Argument(help: "The word that B belongs to.")
  var a: String

  @Argument(help: "The word to be carried over.")
  var b: String

  @Argument(help: "The word that a counterpart of B is looked for.")
  var c: String

  @Option(name: .customLong("by"), help: "sum or product.")
  var rule = WordVectors.AnalogyRule.sum

  @OptionGroup var list: NeighbourList

  func run() throws {
    let vectors = try list.read(vectors.path)
    list.print(try vectors.analogy(a, b, c, rule: rule, count: list.count))
  }
}

extension WordVectors.AnalogyRule: ExpressibleByArgument {}
