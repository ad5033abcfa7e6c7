import ApusFiles

extension RunDirectory {
  /// Writes the recipe of a new run, or compares it with that of the run found here.
  ///
  /// The length may change, and with it the schedule; what else differs is refused.
  func keep(_ recipe: Recipe) throws {
    if exists(self.recipe), exists(checkpoint) {
      let former = try Recipe(contentsOf: self.recipe)
      var comparable = recipe
      (comparable.training.steps, comparable.training.epochs) = (
        former.training.steps, former.training.epochs
      )
      comparable.training.checkpointEvery = former.training.checkpointEvery
      comparable.schedule.warmupSteps = former.schedule.warmupSteps
      let lines = zip(
        try former.yaml.split(separator: "\n"), try comparable.yaml.split(separator: "\n"))
      if let (expected, found) = lines.first(where: { $0 != $1 }) {
        throw InputError(
          file: self.recipe,
          expected: "the recipe that the run began with (\(expected.trimmed))",
          found: "\(found.trimmed)")
      }
    }
    try writeAtomically(try recipe.yaml, to: self.recipe)
  }
}

extension Substring {
  fileprivate var trimmed: Substring { drop { $0 == " " } }
}
