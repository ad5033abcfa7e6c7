import ApusFiles
import Foundation

extension Recipe {
  /// Reads a file of tasks, whose paths count from the directory that it is in.
  ///
  /// - Throws: `FileError` if it can't be read, `InputError` for the first thing in it that can't be
  ///   used, or a recipe without tasks.
  public init(tasks path: String) throws {
    try self.init(contentsOf: path)
    guard !tasks.isEmpty else {
      throw InputError(file: path, expected: "a section tasks", found: "none")
    }
    locateFiles(fromFile: path)
  }

  /// Makes the paths of tasks count from the directory that a file is in.
  public mutating func locateFiles(fromFile path: String) {
    let directory = URL(fileURLWithPath: path).deletingLastPathComponent()
    func resolved(_ path: String) -> String {
      URL(fileURLWithPath: path, relativeTo: directory).standardizedFileURL.path
    }
    for index in tasks.indices {
      tasks[index].data = tasks[index].data.map(resolved)
      tasks[index].validation = tasks[index].validation.map(resolved)
      tasks[index].test = tasks[index].test.map(resolved)
      tasks[index].teachers = tasks[index].teachers.map(resolved)
      tasks[index].locateFiles()
    }
  }
}
