import ApusFiles
import ApusModels
import ApusText
import Yams

extension TaskRecipe {
  /// Takes type, columns, labels and measures from a task of GLUE.
  mutating func follow(_ task: GLUETask) {
    glue = task
    kind = task == .stsb ? .similarity : .classification
    (labels, format) = (task.labels, .tsv)
    header = task.hasHeader ? .present : .absent
    columns = ["text": task.columns.text, "label": task.columns.label]
    columns["pair"] = task.columns.pair
    let measures: [TaskMetric] =
      switch task {
      case .cola: [.matthews, .accuracy]
      case .mrpc, .qqp: [.f1, .accuracy]
      case .stsb: [.spearman, .pearson]
      case .sst2, .mnli, .qnli, .rte, .wnli: [.accuracy]
      }
    metrics = measures.map(\.rawValue)
  }

  /// Takes the files of a directory of GLUE, if that is what `data` is; those that are named stay.
  mutating func locateFiles() {
    guard let glue, let directory = data, FileStatus.isDirectory(directory) else { return }
    let files = glue.files(in: directory)
    data = files.training
    validation = validation ?? files.validation
    test = test ?? files.test
  }
}

extension RecipeField<TaskRecipe> {
  /// A task of GLUE by any spelling of its name.
  static var glue: RecipeField {
    let names = GLUETask.allCases.map(\.rawValue).joined(separator: ", ")
    return RecipeField(
      name: "glue", expected: "as one of \(names)",
      read: { node, section in
        guard let task = node.scalar.flatMap({ GLUETask(named: $0.string) }) else { return false }
        section.follow(task)
        return true
      },
      write: { $0.glue.map { Node($0.rawValue) } }, isValid: { _ in true })
  }
}
