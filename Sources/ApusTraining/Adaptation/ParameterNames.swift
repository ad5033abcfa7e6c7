import ApusFiles
import ApusTensors

/// The names of a model's parameters, and what patterns mean among them.
struct ParameterNames {
  private let parameters: [[String]]

  /// - Parameter parameters: The names of the parts of each.
  init(_ parameters: [[String]]) { self.parameters = parameters }

  /// The names of the first parts, which are those of the parameters.
  var all: [String] { parameters.map { $0[0] } }

  /// The names of the parameters that a pattern matches with all their parts.
  ///
  /// - Parameters:
  ///   - text: The pattern.
  ///   - key: That of the recipe.
  /// - Returns: The names of whole parameters.
  /// - Throws: `InputError` for a pattern that matches nothing, naming the nearest names, or only a
  ///   part of a parameter.
  func matching(_ text: String, for key: String) throws(InputError) -> Set<String> {
    let pattern = NamePattern(text)
    var found: Set<String> = []
    for parameter in parameters {
      let (matched, others) = parameter.partitioned(by: pattern.matches)
      guard let name = matched.first else { continue }
      if let other = others.first {
        throw InputError(
          expected: "adaptation.\(key) to match \(other) with \(name), as they are stored as one",
          found: "\"\(text)\"")
      }
      found.insert(parameter[0])
    }
    guard !found.isEmpty else { throw nothingMatches(text, key) }
    return found
  }

  private func nothingMatches(_ text: String, _ key: String) -> InputError {
    let names = parameters.flatMap { $0 }
    let hints =
      names.contains(where: NamePattern("*\(text)").matches)
      ? ["*\(text)"] : nearestNames(to: text, in: names.flatMap(Self.patterns), count: 3)
    return InputError(
      expected: "adaptation.\(key) to match names of parameters "
        + "(near: \(hints.joined(separator: ", ")))", found: "\"\(text)\", which matches none")
  }

  /// A name, and patterns of all that stands beside it.
  private static func patterns(of name: String) -> [String] {
    let path = name.split(separator: ".")
    return [name] + (1..<max(1, path.count)).map { path[..<$0].joined(separator: ".") + ".*" }
  }
}

extension [String] {
  fileprivate func partitioned(by isIn: (String) -> Bool) -> (in: [String], out: [String]) {
    (filter(isIn), filter { !isIn($0) })
  }
}
