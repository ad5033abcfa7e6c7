import Yams

extension Recipe {
  /// The values of all sections that have an effect, by their key paths, as a model card shows them.
  var settings: [(name: String, value: String)] {
    get throws {
      guard case .mapping(let sections)? = try Yams.compose(yaml: yaml) else { return [] }
      return sections.flatMap { key, value -> [(name: String, value: String)] in
        let name = key.scalar?.string ?? ""
        return ["name", "summary"].contains(name) ? [] : value.settings(under: name)
      }
    }
  }
}

extension Node {
  /// The scalars and lists in a node by their key paths.
  fileprivate func settings(under path: String) -> [(name: String, value: String)] {
    switch self {
    case .mapping(let mapping):
      mapping.flatMap { key, value in
        value.settings(under: "\(path).\(key.scalar?.string ?? "")")
      }
    case .sequence(let nodes):
      [(path, nodes.compactMap { $0.scalar?.string }.joined(separator: ", "))]
    case .scalar(let scalar): [(path, scalar.string)]
    case .alias: []
    }
  }
}
