import ApusFiles
import ApusTraining

extension Recipe {
  /// A recipe of the command line: a built-in one by name, or a YAML file.
  init(named name: String) throws {
    self = Self.isFile(name) ? try Recipe(contentsOf: name) : try Recipe.builtIn(named: name)
  }

  /// What such a recipe says, without what follows from it.
  static func text(named name: String) throws -> String {
    guard isFile(name) else { return Recipe.text(ofBuiltIn: name) ?? "" }
    _ = try Recipe(contentsOf: name)
    let file = try MappedFile(name)
    return withExtendedLifetime(file) { String(decoding: file.bytes, as: UTF8.self) }
  }

  private static func isFile(_ name: String) -> Bool {
    name.contains("/") || name.hasSuffix(".yaml") || name.hasSuffix(".yml")
  }
}
