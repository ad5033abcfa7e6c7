import ApusFiles

extension RunDirectory {
  /// Compares a recipe with that of the run found here, if one has begun.
  ///
  /// The length may change, and with it the schedule, and so may names and, where the run keeps what
  /// its sources hold, the paths of tasks; what else differs is refused.
  func require(_ recipe: Recipe) throws {
    guard exists(self.recipe), exists(checkpoint) else { return }
    let former = try Recipe(contentsOf: self.recipe)
    var comparable = recipe
    (comparable.name, comparable.summary) = (former.name, former.summary)
    (comparable.training.steps, comparable.training.epochs) = (
      former.training.steps, former.training.epochs
    )
    comparable.training.checkpointEvery = former.training.checkpointEvery
    comparable.schedule.warmupSteps = former.schedule.warmupSteps
    if exists(sourcesFile) { comparable.takePaths(of: former) }
    let lines = zip(
      try former.yaml.split(separator: "\n"), try comparable.yaml.split(separator: "\n"))
    if let (expected, found) = lines.first(where: { $0 != $1 }) {
      throw InputError(
        file: self.recipe,
        expected: "the recipe that the run began with (\(expected.trimmed))",
        found: "\(found.trimmed)")
    }
  }

  /// Writes the recipe of the run.
  func keep(_ recipe: Recipe) throws {
    try writeAtomically(try recipe.yaml, to: self.recipe)
  }
}

extension Substring {
  fileprivate var trimmed: Substring { drop { $0 == " " } }
}
