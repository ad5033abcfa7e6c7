import ApusText
import ApusTraining
import ArgumentParser

/// Who decides what is done about labels of unequal size, in place of the recipe.
enum ImbalanceChoice: String, CaseIterable, ExpressibleByArgument {
  case auto, none

  /// Changes the recipe, which is kept with the run.
  ///
  /// - Throws: `FileError` or `InputError` for texts that can't be read.
  func apply(
    to recipe: inout Recipe, data: String, format: LabelledFormat, _ report: (String) -> Void
  ) throws {
    recipe.imbalance = nil
    guard self == .auto else { return }
    let texts = try LabelledTexts(data, format: format, includesPhrases: true).texts
    let counts = texts.reduce(into: [:]) { $0[$1.label, default: 0] += 1 }
    let (section, reason) = ImbalanceRecipe.chosen(
      for: ClassBalance(counts: counts.sorted { $0.key < $1.key }.map(\.value)))
    recipe.imbalance = section
    report("imbalance: \(reason)")
  }
}
