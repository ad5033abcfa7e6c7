import ApusText
import ApusTraining

/// A command that trains, and can tell before it does whether its run is measured on validation data.
protocol MeasuringCommand {
  /// Whether a run of the recipe with the options of the command is measured.
  ///
  /// - Throws: What reading the data throws, where they tell.
  func measures(_ recipe: Recipe) throws -> Bool
}

extension Train: MeasuringCommand {
  func measures(_ recipe: Recipe) -> Bool { validation != nil || pairs.validation() != nil }
}

extension Finetune: MeasuringCommand {
  func measures(_ recipe: Recipe) -> Bool { recipe.tasks.contains { $0.validation != nil } }
}

extension Pretrain: MeasuringCommand {
  func measures(_ recipe: Recipe) throws -> Bool {
    if validation != nil { return true }
    guard recipe.objective.kind != .bidirectional else { return false }
    return try recipe.data.validationFraction > 0
      || PreparedCorpus.shards(of: data)?.validation != nil
  }
}
