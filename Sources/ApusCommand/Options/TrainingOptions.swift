import ApusTraining
import ArgumentParser

/// What all commands that train a model by a recipe of a name share.
struct TrainingOptions: ParsableArguments {
  @Option(
    help: "A built-in recipe by name, or a YAML file. See `apus recipes`.",
    completion: .list(Recipe.names))
  var recipe: String

  @OptionGroup var options: RunOptions

  var output: String { options.output }
  var threads: ThreadOption { options.threads }

  /// The recipe with what the options change.
  func resolvedRecipe() throws -> Recipe { options.changed(try Recipe(named: recipe)) }

  /// Trains to the end, or until the user stops the program, which the exit code tells then.
  func run(_ run: some ResumableRun) throws { try options.run(run) }

  /// Tells what is being done, unless the user wants quiet.
  func note(_ text: String) { options.note(text) }
}
