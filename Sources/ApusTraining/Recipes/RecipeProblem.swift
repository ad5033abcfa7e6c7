import ApusFiles

/// What is wrong with one value of a recipe; the place in the file is added by who read it.
struct RecipeProblem: Error {
  /// The keys that lead to the value, from the outermost.
  var path: [String]
  /// What is expected there, worded to follow the dotted path: `to be …`, `as …`.
  var expected: String
  var found: String
  /// The line of the value, where the problem was met while reading it.
  var row: Int?

  /// The same problem, seen from the section around it.
  func inside(_ section: String) -> RecipeProblem {
    var problem = self
    problem.path.insert(section, at: 0)
    return problem
  }

  func error(file: String? = nil) -> InputError {
    let place = path.joined(separator: ".")
    return InputError(
      file: file, row: row, expected: place.isEmpty ? expected : "\(place) \(expected)",
      found: found)
  }

  /// A piece of a file, on one line and short enough for a message.
  static func excerpt(_ text: String) -> String {
    let line = text.unicodeScalars.prefix(60).map { $0.escaped(asASCII: false) }.joined()
    return "\"\(line)\(text.unicodeScalars.count > 60 ? "…" : "")\""
  }
}
