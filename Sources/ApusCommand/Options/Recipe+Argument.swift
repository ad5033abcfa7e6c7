import ApusTraining

extension Recipe {
  /// A recipe of the command line: a built-in one by name, or a YAML file.
  init(named name: String) throws {
    let isFile = name.contains("/") || name.hasSuffix(".yaml") || name.hasSuffix(".yml")
    self = isFile ? try Recipe(contentsOf: name) : try Recipe.builtIn(named: name)
  }
}
