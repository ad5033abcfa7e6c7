extension Recipe {
  /// What a run over tasks starts from and learns from.
  ///
  /// - Parameter encoder: The path of the encoder.
  /// - Returns: The encoder, and the data, validation and teachers of each task.
  public func sources(encoder: String) -> [RunSource] {
    var sources = [RunSource("encoder", encoder)]
    for task in tasks {
      let data = RunSource("data of task \(task.name)", task.data)
      let validation = RunSource("validation of task \(task.name)", task.validation)
      sources += [data, validation].compactMap { $0 }
      for (index, teacher) in task.teachers.enumerated() {
        sources.append(RunSource("teacher \(index + 1) of task \(task.name)", teacher))
      }
    }
    return sources
  }

  /// Takes the paths of the tasks of a recipe, where both have the same tasks.
  mutating func takePaths(of former: Recipe) {
    guard tasks.map(\.name) == former.tasks.map(\.name) else { return }
    for (index, task) in former.tasks.enumerated() {
      (tasks[index].data, tasks[index].validation) = (task.data, task.validation)
      (tasks[index].test, tasks[index].teachers) = (task.test, task.teachers)
    }
  }
}
