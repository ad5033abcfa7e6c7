import ApusFiles
import ApusTraining
import ArgumentParser

/// How many classifiers learn together, and what one learns from others.
struct DistillationOptions: ParsableArguments {
  @Option(help: "The members of an ensemble, in place of as many as the recipe says.")
  var models: Int?

  @Option(help: "A classifier or ensemble that a classifier learns from, beside the labels.")
  var teacher: String?

  @Option(
    help: """
      The share of the loss that is the distance from the teacher's answers. (default: as the recipe says, \
      or 0.9)
      """)
  var teacherShare: Double?

  @Option(
    help: "What softens the answers of teacher and student. (default: as the recipe says, or 2)")
  var temperature: Double?

  var isGiven: Bool { teacher != nil || teacherShare != nil || temperature != nil }

  /// The recipe with what the options change.
  ///
  /// - Throws: `InputError` for an option without effect.
  func resolved(_ recipe: Recipe) throws -> Recipe {
    var resolved = recipe
    if case .ensemble(var section) = recipe.model {
      guard !isGiven else {
        throw InputError(expected: "no --teacher for an ensemble", found: "it")
      }
      section.models = models ?? section.models
      resolved.model = .ensemble(section)
    } else if models != nil {
      throw InputError(expected: "no --models for the recipe \(recipe.name)", found: "it")
    }
    guard isGiven else { return resolved }
    guard teacher != nil else {
      throw InputError(expected: "--teacher with --teacher-share or --temperature", found: "none")
    }
    resolved.objective.teacherShare = teacherShare ?? recipe.objective.teacherShare ?? 0.9
    resolved.objective.temperature = temperature ?? recipe.objective.temperature ?? 2
    return resolved
  }
}
