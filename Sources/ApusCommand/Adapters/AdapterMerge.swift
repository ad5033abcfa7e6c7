import ApusModels
import ArgumentParser

struct AdapterMerge: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Write a model with an adapter merged into its weights.",
    discussion: """
      The model may be of any architecture in model.safetensors; its other files go with it.

      EXAMPLES
        apus adapter merge bert-base my-adapter --output bert-adapted
      """)

  @Argument(help: "The directory of the model that the adapter was trained on.")
  var base: String

  @Argument(help: "The directory of the adapter.")
  var adapter: String

  @Option(name: .shortAndLong, help: "The directory to make.")
  var output: String

  func run() throws {
    try ModelDirectory.merge(try Adapter(contentsOf: adapter), into: base, output: output)
  }
}
