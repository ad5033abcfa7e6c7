import Apus
import ApusFiles
import ArgumentParser

struct Info: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what a model, a run, weights, shards, a tokenizer or a recipe holds.",
    discussion: """
      EXAMPLES
        apus info runs/char
        apus info model.safetensors
        apus info shards --json
      """)

  @Argument(help: "A directory or a file.", completion: .file())
  var path: String

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let summary = JSONValue.object(try PathSummary(of: path).members)
    if json {
      Output.print(summary)
    } else {
      print(Outline(summary).lines.joined(separator: "\n"))
    }
  }
}
