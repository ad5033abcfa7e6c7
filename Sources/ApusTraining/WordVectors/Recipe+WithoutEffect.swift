import ApusFiles

extension Recipe {
  /// Refuses values that would do nothing for vectors of words.
  ///
  /// What learns them reads only what is named here; all else must be as it is when it is left out.
  ///
  /// - Throws: `InputError` naming the first of the others.
  func requireEffect(on kind: WordVectorRecipe.Kind) throws(InputError) {
    var (data, training) = (DataRecipe(), TrainingRecipe())
    data.validationFraction = 0
    // Sums are in Float32, which both of these can be.
    if self.training.precision == .fp32 { training.precision = .fp32 }
    let optimizer = OptimizerRecipe(kind: self.optimizer.kind, learningRate: 0)
    do {
      try kind.require("data", self.data, toBe: data, besides: ["documents", "endOfText"])
      try kind.require(
        "optimizer", self.optimizer, toBe: optimizer, besides: ["kind", "learningRate"])
      try kind.require(
        "training", self.training, toBe: training,
        besides: [
          "steps", "epochs", "tokensPerBatch", "sequencesPerBatch", "checkpointEvery", "seed",
        ])
    } catch {
      throw error.error()
    }
  }
}

extension WordVectorRecipe.Kind {
  fileprivate func require<Section: RecipeSection>(
    _ name: String, _ section: Section, toBe standard: Section, besides used: Set<String>
  ) throws(RecipeProblem) {
    for field in Section.fields where field.applies(section) && !used.contains(field.name) {
      let (found, wanted) = (field.write(section)?.excerpt, field.write(standard)?.excerpt)
      guard found != wanted else { continue }
      throw RecipeProblem(
        path: [name, field.name],
        expected: "to be \(wanted ?? "left out") for \(self), on which it has no effect",
        found: found ?? "none")
    }
  }
}
