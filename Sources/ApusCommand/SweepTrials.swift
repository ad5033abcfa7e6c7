import ApusFiles
import ApusTraining
import ArgumentParser
import Glibc

/// The runs of a search and what they have reached.
struct SweepTrials {
  let output: String
  let assignments: [SearchSpace.Assignment]
  let recipes: [Recipe]
  /// Options of the command that trains.
  let options: [String]
  private var rows: [Int: SearchResults.Row] = [:]

  init(
    output: String, assignments: [SearchSpace.Assignment], recipes: [Recipe], options: [String]
  ) {
    self.output = output
    self.assignments = assignments
    self.recipes = recipes
    self.options = options
  }

  private func directory(_ trial: Int) -> String { "\(output)/trials/\(trial)" }

  /// Trains a trial, or goes on with it, and writes what all have reached.
  ///
  /// A trial whose loss is no number any more counts as the worst.
  ///
  /// - Parameters:
  ///   - trial: Its number.
  ///   - step: Where it is to stop; nil for its end.
  /// - Throws: What training throws but for that; `InputError` for a run that is not validated.
  mutating func train(_ trial: Int, until step: Int?) throws {
    let file = "\(directory(trial)).yaml"
    try writeAtomically(try recipes[trial].yaml, to: file)
    var failure = ""
    do {
      var command = try trainer(trial, recipe: file, until: step)
      try command.run()
    } catch let error as NonFiniteLossError {
      failure = "\(error.value) at step \(error.step)"
    }
    let reached = try RunSummary(of: RunDirectory(directory(trial)))
    guard !failure.isEmpty || reached.bestQuality != nil else {
      throw InputError(
        file: directory(trial), expected: "validation data to choose the best trial by",
        found: "none")
    }
    rows[trial] = SearchResults.Row(
      trial: trial, values: assignments[trial],
      quality: failure.isEmpty ? reached.bestQuality : nil, loss: reached.bestLoss,
      step: reached.step, failure: failure)
    try write()
  }

  /// Trials of the highest quality; those that were not trained yet in their order.
  func best(of trials: [Int], count: Int) -> [Int] {
    let known = SearchResults(trials.compactMap { rows[$0] }).rows.map(\.trial)
    return Array((known + trials.filter { rows[$0] == nil }).prefix(count))
  }

  private func trainer(
    _ trial: Int, recipe: String, until step: Int?
  ) throws -> any ParsableCommand {
    var arguments: [String] =
      switch recipes[trial].objective.kind {
      case .causal, .masked, .bidirectional, .contexts: ["pretrain", "--recipe"]
      case .tasks: ["finetune"]
      default: ["train", "--recipe"]
      }
    arguments += [recipe, "--output", directory(trial)]
    if let step { arguments += ["--until", "\(step)"] }
    return try Root.parseAsRoot(arguments + options)
  }

  private func write() throws {
    let results = SearchResults(Array(rows.values))
    try writeAtomically(results.markdown, to: "\(output)/results.md")
    try writeAtomically(results.csv, to: "\(output)/results.csv")
    guard let best = results.rows.first, best.quality != nil else { return }
    let (link, partial) = ("\(output)/best", "\(output)/best.partial")
    unlink(partial)
    guard symlink("trials/\(best.trial)", partial) == 0, rename(partial, link) == 0 else {
      throw FileError(file: link, operation: "link", code: errno)
    }
  }
}
