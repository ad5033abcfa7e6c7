import ApusFiles

extension RunDirectory {
  /// The step after which the run was finished; nil for one that was not.
  ///
  /// A checkpoint does not tell: a run may be killed between its last one and its model card.
  var finishedStep: Int? {
    guard let file = try? MappedFile(finishedFile) else { return nil }
    return Int(file.text.prefix { $0.isNumber })
  }

  /// Takes note that the model of a step is written and described.
  func keep(finishedStep step: Int) throws {
    try writeAtomically("\(step)\n", to: finishedFile)
  }
}
