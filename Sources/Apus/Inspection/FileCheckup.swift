import ApusFiles

/// A look at what can be read by itself: weights, a tokenizer, a recipe, or the files of a run.
public struct FileCheckup: Sendable {
  public private(set) var findings: [Finding] = []

  /// Reads a file.
  ///
  /// - Throws: `FileError` if it can't be read. What is wrong with its contents is a finding.
  public init(of path: String) throws {
    do {
      _ = try PathSummary(of: path)
    } catch let error as InputError {
      findings.append(.failure("\(error)"))
    }
  }
}
