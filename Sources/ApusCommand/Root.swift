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
    do {
      var command = try parseAsRoot()
      try command.run()
      try Output.flush()
    } catch {
      Failure(error).exit()
    }
  }
}
