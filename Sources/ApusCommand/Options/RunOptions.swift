import ApusTraining
import ArgumentParser
import Glibc

/// What all commands that train share, whatever says what is trained.
struct RunOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: "The run directory. A run found there is continued.")
  var output: String

  @Option(
    parsing: .unconditional,
    help: "Optimizer steps of the whole run; the warm-up keeps its share.")
  var steps: Int?

  @Option(help: "Stop after this step, validated and saved; the same command without it goes on.")
  var until: Int?

  @Option(
    parsing: .unconditional, help: "What weights, order, masks and dropout are drawn from.")
  var seed: Int?

  @Option(help: "The arithmetic; auto is bf16 where the processor has it.")
  var precision: TrainingRecipe.Precision?

  @Option(help: "Steps between checkpoints.")
  var checkpointEvery: Int?

  @OptionGroup var threads: ThreadOption

  @Flag(name: .shortAndLong, help: "No progress on standard error.")
  var quiet = false

  func validate() throws {
    let counts = [
      ("--steps", steps), ("--until", until), ("--checkpoint-every", checkpointEvery),
    ]
    for (name, value) in counts {
      if let value, value < 1 {
        throw ValidationError("\(name) must be at least 1, got \(value).")
      }
    }
    if let seed, seed < 0 { throw ValidationError("--seed must be at least 0, got \(seed).") }
  }

  /// The recipe with what the options change.
  func changed(_ recipe: Recipe) -> Recipe {
    var changed = recipe
    if let steps { changed = changed.scaled(toSteps: steps) }
    if let seed { changed.training.seed = seed }
    if let precision { changed.training.precision = precision }
    if let checkpointEvery { changed.training.checkpointEvery = checkpointEvery }
    return changed
  }

  /// Trains to the end, or until the user stops the program, which the exit code tells then.
  ///
  /// - Parameters:
  ///   - run: What is trained.
  ///   - product: The file of the output by which it is used.
  /// - Throws: What the run throws, or the exit code of a run that was stopped.
  func run(_ run: some ResumableRun, into product: String = "model.safetensors") throws {
    Interruption.catchSignals()
    try run.run(until: until, showsProgress: !quiet) { Interruption.wasAsked }
    if let until, run.step >= until, !run.isFinished {
      return note("stopped after step \(run.step) as asked")
    }
    guard run.isFinished else {
      note("stopped at step \(run.step); the same command continues")
      throw ExitCode(128 + SIGINT)
    }
    note("done after \(run.step) steps: \(output)/\(product)")
  }

  /// Tells what is being done, unless the user wants quiet.
  func note(_ text: String) {
    guard !quiet else { return }
    let line = Array("\(text)\n".utf8)
    write(STDERR_FILENO, line, line.count)
  }
}

extension TrainingRecipe.Precision: ExpressibleByArgument {}
