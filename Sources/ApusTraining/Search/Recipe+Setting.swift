import ApusFiles
import Yams

extension Recipe {
  /// The recipe with other values at key paths.
  ///
  /// - Throws: `InputError` for a path through what is no mapping, or what makes no recipe.
  public func setting(_ values: SearchSpace.Assignment) throws -> Recipe {
    guard var root = try Yams.compose(yaml: yaml) else { return self }
    for (path, value) in values {
      let keys = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      guard root.set(keys[...], to: value) else {
        throw InputError(expected: "a key path of the recipe", found: "\"\(path)\"")
      }
    }
    return try Recipe(yaml: try serialize(node: root, width: -1, allowUnicode: true))
  }
}

extension Node {
  /// Sets the value at a path of keys, making sections that are not there.
  ///
  /// - Returns: Whether the path leads through mappings alone.
  fileprivate mutating func set(_ keys: ArraySlice<String>, to value: String) -> Bool {
    guard let key = keys.first, !key.isEmpty, case .mapping(var mapping) = self else {
      return false
    }
    if keys.count == 1 {
      mapping[Node(key)] = Node(value)
    } else {
      var inner = mapping[Node(key)] ?? Node([(Node, Node)]())
      guard inner.set(keys.dropFirst(), to: value) else { return false }
      mapping[Node(key)] = inner
    }
    self = .mapping(mapping)
    return true
  }
}
