import ApusFiles
import ArgumentParser

/// The files of a translator's training.
struct PairOptions: ParsableArguments {
  @Option(help: "A file of lines to read, gzip or not.", completion: .file())
  var source: String?

  @Option(help: "A file of lines to write, one for each of --source.", completion: .file())
  var target: String?

  @Option(help: "Lines to validate on.", completion: .file())
  var validationSource: String?

  @Option(help: "What they should become.", completion: .file())
  var validationTarget: String?

  func validate() throws {
    guard (validationSource == nil) == (validationTarget == nil) else {
      throw ValidationError("--validation-source and --validation-target need each other.")
    }
  }

  var isGiven: Bool { [source, target, validationSource, validationTarget].contains { $0 != nil } }

  func training() throws -> (source: String, target: String) {
    guard let source, let target else {
      throw InputError(
        expected: "--source and --target for a recipe that translates",
        found: source == nil ? "no --source" : "no --target")
    }
    return (source, target)
  }

  func validation() -> (source: String, target: String)? {
    guard let validationSource, let validationTarget else { return nil }
    return (validationSource, validationTarget)
  }
}
