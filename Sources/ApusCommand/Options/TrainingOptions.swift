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
  ///
  /// - Parameters:
  ///   - run: What is trained.
  ///   - product: The file of the output by which it is used.
  /// - Throws: What the run throws, or the exit code of a run that was stopped.
  func run(_ run: some ResumableRun, into product: String = "model.safetensors") throws {
    try options.run(run, into: product)
  }

  /// Tells what is being done, unless the user wants quiet.
  func note(_ text: String) { options.note(text) }
}
