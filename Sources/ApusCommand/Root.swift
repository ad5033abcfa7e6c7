import ApusFiles
import ArgumentParser
import Glibc

/// The program `apus`.
@main
struct Root: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apus",
    abstract: "Train, measure and use sequence and language models.",
    usage: "apus <command> …",
    discussion: """
      EXAMPLES
        apus recipes
        apus recipes gpt-mini > my-recipe.yaml
        apus --generate-completion-script bash > apus.bash

      EXIT CODES
        0   done
        64  wrong usage
        65  input that can't be used; the message names file and row
        66  a file that isn't there
        70  a fault inside apus
        74  a file that can't be read or written
      """,
    version: "0.1.0",
    groupedSubcommands: [
      CommandGroup(
        name: "Data",
        subcommands: [
          TokenizerGroup.self, VectorsGroup.self, NGramGroup.self, Prepare.self, Split.self,
          Manifest.self,
        ]),
      CommandGroup(
        name: "Models",
        subcommands: [
          Pretrain.self, Train.self, Finetune.self, Evaluate.self, Classify.self, Predict.self,
          Embed.self, Search.self, MineNegatives.self, Generate.self,
          Translate.self, Tag.self, Transcribe.self, Align.self,
          TuneDecoder.self, AdapterGroup.self, Sweep.self,
          Bench.self,
        ]),
      CommandGroup(
        name: "Inspection",
        subcommands: [Doctor.self, Info.self, InspectGroup.self, Recipes.self]),
    ])

  static func main() {
    // A reader that has seen enough, as in `apus recipes | head`, ends the program quietly, whatever
    // the parent process made of the signal.
    signal(SIGPIPE, SIG_DFL)
    UnfinishedFiles.removeAtSignals()
    do {
      try requireCommand(CommandLine.arguments.dropFirst().first)
      var command = try parseAsRoot()
      try command.run()
      try Output.flush()
    } catch {
      Failure(error).exit()
    }
  }

  /// Names a command that is none itself: the parser would complain of its options first.
  private static func requireCommand(_ name: String?) throws {
    let names = configuration.subcommands.map { $0._commandName } + ["help"]
    guard let name, !name.hasPrefix("-"), !names.contains(name) else { return }
    let nearest = nearestName(to: name, in: names).map { " Did you mean '\($0)'?" } ?? ""
    throw ValidationError("'\(name)' is no command.\(nearest)")
  }
}
