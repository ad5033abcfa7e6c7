import ArgumentParser
import Foundation

/// How many threads a command may use.
struct ThreadOption: ParsableArguments {
  @Option(
    name: .customLong("threads"), parsing: .unconditional,
    help: "Threads to use. (default: all cores)")
  var given: Int?

  var count: Int { given ?? ProcessInfo.processInfo.activeProcessorCount }

  func validate() throws {
    guard 1...1024 ~= count else {
      throw ValidationError("--threads must be from 1 to 1024, got \(count).")
    }
  }
}
