import ApusFiles
import ApusTraining
import ArgumentParser
import Glibc

struct Sweep: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Search for the values of a recipe that give the best validation.",
    discussion: """
      The space is a YAML file of key paths of the recipe with the values to try:

        optimizer.learningRate: {log: [1e-5, 1e-3]}
        training.sequencesPerBatch: [16, 32]
        model.dropout: {range: [0, 0.3], count: 4}
        adaptation.loraRank: {integers: [2, 16]}

      Trials are runs in trials/N of the output, trained like by `apus train`, for a file of tasks \
      `apus finetune` or, for a recipe that learns from text alone, `apus pretrain`, with the options \
      behind --. The same command goes on \
      with a search that was stopped. results.md and results.csv have the trials, the best first, and \
      best leads to the best run.

      Halving trains all trials for a part of their steps, and of each --factor of them the best one \
      for so many times as long.

      EXAMPLES
        apus sweep tagger-bert --space space.yaml --trials 12 \\
          --output sweeps/names \\
          -- --encoder bert-base --data eng.train --validation eng.testa
        apus sweep tasks.yaml --space space.yaml --output sweeps/tasks -- \\
          --encoder all-MiniLM-L6-v2
      """)

  enum Method: String, CaseIterable, ExpressibleByArgument { case random, grid, halving }

  @Argument(help: "A built-in recipe by name, or a YAML file of a recipe or of tasks.")
  var recipe: String

  @Option(help: "The values to try.", completion: .file())
  var space: String

  @Option(help: "random, grid or halving.")
  var method = Method.random

  @Option(help: "How many trials are drawn. (default: 16)")
  var trials: Int?

  @Option(help: "Of how many trials one goes on in a halving. (default: 3)")
  var factor: Int?

  @Option(name: .shortAndLong, help: "The directory of the search. One found there goes on.")
  var output: String

  @Option(help: "What values are drawn from.")
  var seed = 0

  @Argument(parsing: .postTerminator, help: "Options of the runs.")
  var options: [String] = []

  func validate() throws {
    if let trials, !(1...10_000 ~= trials) {
      throw ValidationError("--trials must be from 1 to 10000, got \(trials).")
    }
    if let factor, !(2...100 ~= factor) {
      throw ValidationError("--factor must be from 2 to 100, got \(factor).")
    }
    guard seed >= 0 else { throw ValidationError("--seed must be at least 0, got \(seed).") }
    guard method != .grid || trials == nil else {
      throw ValidationError("--trials has no meaning for a grid, which tries all combinations.")
    }
    guard method == .halving || factor == nil else {
      throw ValidationError("--factor has a meaning with --method halving alone.")
    }
    let own = ["--recipe", "--output", "-o", "--steps", "--until", "--seed", "--folds"]
    if let option = options.first(where: { own.contains($0.prefixBeforeEquals) }) {
      throw ValidationError("\(option) of the runs is set by the search or the recipe.")
    }
  }

  func run() throws {
    let base = try Recipe(named: recipe)
    let text = try Recipe.text(named: recipe)
    try requireQuality(of: base)
    let space = try SearchSpace(contentsOf: space)
    let assignments =
      method == .grid
      ? try space.grid()
      : (0..<(trials ?? 16)).map { space.drawn(trial: $0, seed: UInt64(seed)) }
    let recipes = try assignments.map { values in
      var trial = try space.recipe(text, named: base.name, setting: values)
      // The recipes of trials stand elsewhere than the file from which paths of tasks count.
      trial.locateFiles(fromFile: recipe)
      return trial
    }
    var search = try SweepTrials(
      output: output, assignments: assignments, recipes: recipes, options: options)
    try search.requireMeasure()
    try createDirectory("\(output)/trials")
    try keep(text)
    guard method == .halving else {
      for trial in recipes.indices { try search.train(trial, until: nil) }
      return
    }
    guard let stepCount = base.training.steps,
      let first = assignments.first, !first.contains(where: { Self.lengths.contains($0.path) })
    else {
      throw InputError(
        expected: "training.steps in a recipe for --method halving, the same for all trials",
        found: "training.epochs, or lengths to try")
    }
    let rungs = HalvingRungs(
      trialCount: recipes.count, stepCount: stepCount, factor: factor ?? 3
    ).rungs
    var running = Array(recipes.indices)
    for (count, step) in rungs {
      running = search.best(of: running, count: count)
      for trial in running { try search.train(trial, until: step) }
    }
  }

  private static let lengths = ["training.steps", "training.epochs"]

  /// Refuses recipes whose runs have no validation to compare.
  private func requireQuality(of base: Recipe) throws {
    switch base.model {
    case .ensemble, .wordVectors:
      throw InputError(
        expected: "a recipe of one model that is validated", found: base.model.kindName)
    default: break
    }
  }

  /// Refuses to go on with another search.
  private func keep(_ recipe: String) throws {
    let file = "\(output)/search.txt"
    let settings = """
      \(method.rawValue) \(trials ?? 16) \(factor ?? 3) \(seed)
      \(options.joined(separator: " "))
      \(try MappedFile(space).text)
      \(recipe)
      """
    if access(file, F_OK) == 0, try MappedFile(file).text != settings {
      throw InputError(
        file: output, expected: "a search with the same recipe, space and options",
        found: "another one")
    }
    try writeAtomically(settings, to: file)
  }
}

extension String {
  /// The name of an option that may have its value with it.
  fileprivate var prefixBeforeEquals: String { String(prefix { $0 != "=" }) }
}
