import ApusFiles
import ApusTensors
import ApusTraining
import ArgumentParser
import Glibc
import Synchronization

struct Pretrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Pretrain a model on text, or continue a run.",
    discussion: """
      The run directory holds the model as it is at the last checkpoint (config.json, \
      model.safetensors, tokenizer.json), the best one by validation loss in best, metrics.jsonl, \
      TensorBoard events and the loss curve in loss.svg. A run found there goes on from its last \
      checkpoint and ends with the same bits as if it had never stopped.

      EXAMPLES
        apus pretrain --recipe gpt-char --data input.txt --output runs/char
        apus pretrain --recipe bert-mini --data corpus/ --tokenizer tokenizer.json --output runs/bert
        apus pretrain --recipe my-recipe.yaml --data shards/ --output runs/mine --steps 500
      """)

  @Option(
    help: "A built-in recipe by name, or a YAML file. See `apus recipes`.",
    completion: .list(Recipe.names))
  var recipe: String

  @Option(help: "Text (a file, a directory, or - for standard input) or token shards.")
  var data: String

  @Option(name: .shortAndLong, help: "The run directory. A run found there is continued.")
  var output: String

  @Option(help: "A tokenizer.json; without it, one is trained on the data.")
  var tokenizer: String?

  @Option(help: "Text or shards to validate on, in place of a part of the data.")
  var validation: String?

  @Option(help: "Optimizer steps of the whole run; the warm-up keeps its share.")
  var steps: Int?

  @Option(help: "What weights, order, masks and dropout are drawn from.")
  var seed: Int?

  @Option(help: "auto, fp32 or bf16.")
  var precision: TrainingRecipe.Precision?

  @Option(help: "Steps between checkpoints.")
  var checkpointEvery: Int?

  @Option(help: "What makes a document: automatic, files, lines or blank-lines.")
  var documents: DataRecipe.Documents?

  @Option(help: "The number of threads.")
  var threads: Int?

  @Flag(name: .shortAndLong, help: "No progress on standard error.")
  var quiet = false

  func validate() throws {
    for (name, value) in [
      ("--steps", steps), ("--checkpoint-every", checkpointEvery), ("--threads", threads),
    ] {
      if let value, value < 1 {
        throw ValidationError("\(name) must be at least 1, got \(value).")
      }
    }
    if let seed, seed < 0 { throw ValidationError("--seed must be at least 0, got \(seed).") }
  }

  func run() throws {
    if let threads { Processor.threadCount = threads }
    let run = try PretrainingRun(
      try resolvedRecipe(), in: output, data: data, tokenizer: tokenizer, validation: validation,
      report: note)
    Interruption.catchSignals()
    try run.run(showsProgress: !quiet) { Interruption.wasAsked }
    guard run.isFinished else {
      note("stopped at step \(run.step); the same command continues")
      throw ExitCode(128 + SIGINT)
    }
    note("done after \(run.step) steps: \(output)/model.safetensors")
  }

  private func resolvedRecipe() throws -> Recipe {
    var resolved = try Recipe(named: recipe)
    if let steps { resolved = resolved.scaled(toSteps: steps) }
    if let seed { resolved.training.seed = seed }
    if let precision { resolved.training.precision = precision }
    if let checkpointEvery { resolved.training.checkpointEvery = checkpointEvery }
    if let documents { resolved.data.documents = documents }
    return resolved
  }

  private func note(_ text: String) {
    guard !quiet else { return }
    let line = Array("\(text)\n".utf8)
    write(STDERR_FILENO, line, line.count)
  }
}

/// Whether the user has asked the program to stop, with Ctrl-C or `kill`.
///
/// The first time lets the step end and a checkpoint be written; the second ends at once.
enum Interruption {
  private static let count = Atomic<Int>(0)

  static var wasAsked: Bool { count.load(ordering: .relaxed) > 0 }

  static func catchSignals() {
    // A parent may have started the program with its signals blocked, as threads of a pool do.
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGINT, SIGTERM] {
      sigaddset(&signals, signal)
      Glibc.signal(signal) { number in
        if Interruption.count.wrappingAdd(1, ordering: .relaxed).oldValue > 0 {
          _exit(128 + number)
        }
      }
    }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }
}

extension TrainingRecipe.Precision: ExpressibleByArgument {}
extension DataRecipe.Documents: ExpressibleByArgument {}
