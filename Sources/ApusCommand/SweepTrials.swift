import ApusFiles
import ApusText
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
  /// What each trial reached last.
  private var rows: [Int: SearchResults.Row] = [:]

  /// Trials of a search, with what those reached that were trained before.
  ///
  /// - Throws: `FileError` or `InputError` if what they reached can't be read.
  init(
    output: String, assignments: [SearchSpace.Assignment], recipes: [Recipe], options: [String]
  ) throws {
    self.output = output
    self.assignments = assignments
    self.recipes = recipes
    self.options = options
    for trial in recipes.indices { rows[trial] = try reached(trial).last?.row }
  }

  /// Refuses runs that have nothing to be compared by, before the first of them is trained.
  ///
  /// - Throws: `InputError` for them, and for options that their command does not take.
  func requireMeasure() throws {
    guard let first = recipes.indices.first,
      let command = try trainer(first, recipe: "recipe.yaml", until: nil) as? any MeasuringCommand
    else { return }
    guard try recipes.allSatisfy(command.measures) else {
      throw InputError(
        expected: "validation data to choose the best trial by, from the recipe or behind --",
        found: "none")
    }
  }

  private func directory(_ trial: Int) -> String { "\(output)/trials/\(trial)" }

  /// Trains a trial, or goes on with it, and writes what all have reached; one that was trained so far
  /// before has what it reached then.
  ///
  /// A trial whose loss or quality is no number counts as the worst.
  ///
  /// - Parameters:
  ///   - trial: Its number.
  ///   - step: Where it is to stop; nil for its end.
  /// - Throws: What training throws but for that; `InputError` for a run that is not validated.
  mutating func train(_ trial: Int, until step: Int?) throws {
    let before = try reached(trial)
    if let known = before.first(where: { $0.until == step }) {
      rows[trial] = known.row
      return try write()
    }
    let file = "\(directory(trial)).yaml"
    try writeAtomically(try recipes[trial].yaml, to: file)
    var failure = ""
    do {
      var command = try trainer(trial, recipe: file, until: step)
      try command.run()
    } catch let error as NonFiniteLossError {
      failure = "\(error.value) at step \(error.step)"
    }
    let summary = try RunSummary(of: RunDirectory(directory(trial)))
    if failure.isEmpty, summary.bestQuality == nil {
      guard rows.values.contains(where: { $0.quality != nil }) else {
        throw InputError(
          file: directory(trial), expected: "validation data to choose the best trial by",
          found: "none")
      }
      failure = "no quality"
    }
    let row = SearchResults.Row(
      trial: trial, values: assignments[trial],
      quality: failure.isEmpty ? summary.bestQuality : nil, loss: summary.bestLoss,
      step: summary.step, failure: failure)
    rows[trial] = row
    let lines = (before + [Reached(until: step, row: row)]).map { $0.json.line + "\n" }
    try writeAtomically(lines.joined(), to: record(of: trial))
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

  // MARK: - What trials reached

  /// What a trial reached by a step, by which a halving that is begun again decides as it did.
  private struct Reached {
    let until: Int?
    let row: SearchResults.Row

    var json: JSONValue {
      .object([
        ("until", until.map { .integer($0) } ?? .null), ("step", .integer(row.step)),
        ("quality", row.quality.map { .number($0) } ?? .null),
        ("loss", row.loss.map { .number($0) } ?? .null), ("failure", .string(row.failure)),
      ])
    }
  }

  private func record(of trial: Int) -> String { "\(directory(trial)).reached.jsonl" }

  private func reached(_ trial: Int) throws -> [Reached] {
    let path = record(of: trial)
    guard access(path, F_OK) == 0 else { return [] }
    var lines = try TextLines(path)
    var reached: [Reached] = []
    while var line = try lines.next() {
      let json = JSONField(try line.withUTF8 { try JSONValue(parsing: $0, file: path) }, file: path)
      let row = SearchResults.Row(
        trial: trial, values: assignments[trial],
        quality: json["quality"].number, loss: json["loss"].number,
        step: try json["step"].integer(in: 0...Int.max), failure: try json["failure"].string())
      let until = json["until"].isNull ? nil : try json["until"].integer(in: 0...Int.max)
      reached.append(Reached(until: until, row: row))
    }
    return reached
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

extension JSONField {
  /// A number; nil for anything else.
  fileprivate var number: Double? {
    switch value {
    case .number(let number): number
    case .integer(let number): Double(number)
    default: nil
    }
  }
}
