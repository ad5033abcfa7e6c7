import ApusFiles
import ApusTraining

extension Recipe {
  /// A recipe of the command line: a built-in one by name, or a YAML file.
  init(named name: String) throws {
    self = Self.isFile(name) ? try Recipe(contentsOf: name) : try Recipe.builtIn(named: name)
  }

  /// What such a recipe says, without what follows from it.
  static func text(named name: String) throws -> String {
    isFile(name) ? try MappedFile(name).text : Recipe.text(ofBuiltIn: name) ?? ""
  }

  private static func isFile(_ name: String) -> Bool {
    name.contains("/") || name.hasSuffix(".yaml") || name.hasSuffix(".yml")
  }
}
