import ApusFiles
import ApusLayers
import ApusModels
import ApusTraining

/// Measures the tasks of a fine-tuned model, each on data of its own form.
struct FineTunedEvaluation {
  let directory: String
  /// The only task to measure; nil for all that the recipe of the run names.
  let task: String?
  /// A file in place of those that the recipe names.
  let data: String?
  /// Where predictions and pictures of each task are written; nil for nowhere.
  let output: String?

  /// - Throws: `FileError`; `InputError` for a task that is not there, or data that can't be used.
  func report(_ precision: Mode.Precision) throws -> EvaluationReport {
    let recipe = try Recipe(contentsOf: RunDirectory(directory).recipe)
    let model = try FineTunedModel.load(directory).model
    var tasks = recipe.tasks.filter { task == nil || $0.name == task }
    if let task {
      // Tasks of an earlier run are in the model alone.
      let kept = TaskRecipe(reading: try model.task(named: task).config)
      if tasks.isEmpty { tasks = [kept] }
    }
    guard data == nil || tasks.count == 1 else {
      throw InputError(
        expected: "--task for --data, one of \(recipe.tasks.map(\.name).joined(separator: ", "))",
        found: "none")
    }
    let measured = tasks.compactMap { task in
      (data ?? task.test ?? task.validation).map { (task, $0) }
    }
    guard !measured.isEmpty else {
      throw InputError(
        file: RunDirectory(directory).recipe,
        expected: "tasks with test or validation data, or --data", found: "none")
    }
    return try measured.map { task, path in
      let model = try model.task(named: task.name)
      let score = try model.score(on: path, task, precision)
      if let output { try model.report(on: path, task, precision).write(to: output) }
      let metrics = TaskMetric.all(of: task.kind).filter { $0.isDefined(for: score.config) }
      return (
        task.name,
        .object(
          [
            ("data", .string(path)), ("examples", .integer(score.count)),
            ("loss", .number(score.loss)),
          ] + metrics.map { ($0.rawValue, .number(score.value(of: $0))) })
      )
    }
  }
}
