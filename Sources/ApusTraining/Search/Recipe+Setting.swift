import ApusFiles
import Yams

extension Recipe {
  /// Reads a recipe from its text, with other values at key paths.
  ///
  /// What the text does not say follows from the values: another kind has standards of its own. A length
  /// in epochs takes the place of one in steps, and the other way round.
  ///
  /// - Throws: `RecipeProblem`, without a line, for a path through what is no mapping, or what makes no
  ///   recipe.
  init(_ text: String, named name: String, setting values: SearchSpace.Assignment) throws {
    var root = try Yams.compose(yaml: text) ?? Node([(Node, Node)]())
    for (path, value) in values {
      let keys = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      if let other = Self.otherLengths[path] { root.remove(other) }
      guard root.set(keys[...], to: value) else {
        throw RecipeProblem(
          path: keys, expected: "to be a key path of the recipe", found: "another path")
      }
    }
    // Written and read again, so that values are resolved as those of a file are.
    let whole = try Yams.compose(yaml: try serialize(node: root, width: -1, allowUnicode: true))
    do { try self.init(whole ?? root, standardName: name) } catch {
      var problem = error
      problem.row = nil
      throw problem
    }
  }

  private static let otherLengths = [
    "training.steps": ["training", "epochs"], "training.epochs": ["training", "steps"],
  ]
}

extension Node {
  /// Removes the value at a path of keys, if there is one.
  fileprivate mutating func remove(_ keys: some Collection<String>) {
    guard let key = keys.first, case .mapping(var mapping) = self else { return }
    if keys.count == 1 {
      mapping[Node(key)] = nil
    } else if var inner = mapping[Node(key)] {
      inner.remove(keys.dropFirst())
      mapping[Node(key)] = inner
    }
    self = .mapping(mapping)
  }

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
