import ApusFiles
import ApusModels
import ApusText
import ApusTraining
import ArgumentParser

/// Who decides what is done about labels of unequal size, in place of the recipe.
enum ImbalanceChoice: String, CaseIterable, ExpressibleByArgument {
  case auto, none

  /// Changes the recipe, which is kept with the run, by the label of each text.
  func apply(to recipe: inout Recipe, labels: [String], _ report: (String) -> Void) {
    recipe.imbalance = nil
    guard self == .auto else { return }
    let (section, reason) = Self.chosen(for: labels)
    recipe.imbalance = section
    report("imbalance: \(reason)")
  }

  /// Changes the tasks of a recipe that tell classes apart, each by its own labels.
  ///
  /// - Throws: `FileError` or `InputError` for texts that can't be read, or a recipe without such a task.
  func apply(toTasksOf recipe: inout Recipe, _ report: (String) -> Void) throws {
    let indices = recipe.tasks.indices.filter { recipe.tasks[$0].kind == .classification }
    guard !indices.isEmpty else {
      throw InputError(
        expected: "a task of type classification for --imbalance",
        found: recipe.tasks.map(\.kind.rawValue).joined(separator: ", "))
    }
    for index in indices {
      let task = recipe.tasks[index]
      recipe.tasks[index].imbalance = nil
      guard self == .auto, let data = task.data else { continue }
      let labels = try TaskTextReader(task).read(data).compactMap { text in
        if case .label(let label) = text.target { label } else { nil }
      }
      let (section, reason) = Self.chosen(for: labels)
      recipe.tasks[index].imbalance = section
      report("task \(task.name), imbalance: \(reason)")
    }
  }

  private static func chosen(
    for labels: [String]
  ) -> (section: ImbalanceRecipe?, reason: String) {
    let counts = labels.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    return ImbalanceRecipe.chosen(
      for: ClassBalance(counts: counts.sorted { $0.key < $1.key }.map(\.value)))
  }
}
