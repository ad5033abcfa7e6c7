import ApusFiles
import ApusTraining
import ArgumentParser

/// Whether data are divided into parts, of which each is measured by a run that did not learn from it.
struct FoldOption: ParsableArguments {
  @Option(
    help: """
      Cross-validation: so many runs in fold-1 and on, each measured on the part of the data that \
      it did not learn from; results.md and results.json have the means. Rows are divided as by \
      `apus split --folds` with the texts as keys.
      """)
  var folds: Int?

  func validate() throws {
    if let folds, !(2...1000 ~= folds) {
      throw ValidationError("--folds must be from 2 to 1000, got \(folds).")
    }
  }

  /// Refuses options that have no meaning for several runs.
  func refuse(_ options: RunOptions) throws {
    guard folds != nil, options.until != nil else { return }
    throw ValidationError("--until has no meaning with --folds, which train to their ends.")
  }

  /// Runs once, or for each part of the data.
  ///
  /// - Parameters:
  ///   - options: Of all runs.
  ///   - body: Runs with options of its own, without a part if there is one, and measures it.
  /// - Throws: What `body` throws; `InputError` for a directory of another number of folds.
  func run(
    _ options: RunOptions, _ body: (RunOptions, TaskFold?) throws -> [ModelCard.Result]
  ) throws {
    guard let folds else {
      _ = try body(options, nil)
      return
    }
    try createDirectory(options.output)
    var results = try CrossValidation(foldCount: folds, in: options.output)
    for number in 0..<folds {
      var own = options
      own.output += "/fold-\(number + 1)"
      results.add(try body(own, TaskFold(number, of: folds)))
    }
    try results.write()
    options.note(results.markdown)
  }
}
