import ApusDecoding
import ArgumentParser

struct NGramConvert: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert", abstract: "Write a model in ARPA or binary form.")

  @Argument(help: "A model, or - for standard input.", completion: .file())
  var model: String

  @Argument(
    help: "The file to write: .arpa or .bin.", completion: .file(extensions: ["arpa", "bin"]))
  var output: String

  func validate() throws { _ = try NGramForm(ofPath: output) }

  func run() throws {
    try NGramForm(ofPath: output).write(NGramModel(contentsOf: model), to: output)
  }
}
