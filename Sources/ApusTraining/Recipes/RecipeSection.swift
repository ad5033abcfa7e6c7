import ApusFiles
import Yams

/// A part of a recipe under a key of its own, read from and written to YAML by a table of fields.
protocol RecipeSection: Equatable, Sendable {
  static var fields: [RecipeField<Self>] { get }
  /// The key that says which others have a meaning; it has to be given where there is such a field.
  static var kindKey: String { get }
  /// The key that stands for the kind and more, which is read before all others; nil for none.
  static var presetKey: String? { get }

  /// A section in which every value that has to be given is still out of its range.
  init()

  /// Sets the values that follow from the kind, which is read before all others.
  mutating func setStandards()

  /// Sets the values that follow from others and were not given.
  mutating func complete()

  /// Checks what concerns more than one value.
  func checkTogether() throws(RecipeProblem)
}

extension RecipeSection {
  static var kindKey: String { "kind" }
  static var presetKey: String? { nil }
  mutating func setStandards() {}
  mutating func complete() {}
  func checkTogether() throws(RecipeProblem) {}

  /// Reads a section; an unknown key, a wrong type or a value out of range is refused.
  init(_ node: Node) throws(RecipeProblem) {
    guard case .mapping(let mapping) = node else {
      throw RecipeProblem(
        path: [], expected: "as a mapping of keys to values", found: node.excerpt,
        row: node.mark?.line)
    }
    self.init()
    let preset = Self.fields.first { $0.name == Self.presetKey }
    if let preset, let value = mapping[preset.name] {
      try set(preset, to: value)
    } else if let kind = Self.fields.first(where: { $0.name == Self.kindKey }) {
      guard let value = mapping[Self.kindKey] else {
        throw RecipeProblem(
          path: [kind.name], expected: kind.expected, found: "none", row: node.mark?.line)
      }
      try set(kind, to: value)
      setStandards()
    }
    // Whether a key has a meaning may hang on others, wherever they stand: until nothing new has one.
    var read: Set<String> = preset.map { [$0.name] } ?? []
    var isDone = false
    while !isDone {
      isDone = true
      for field in Self.fields where field.applies(self) && !read.contains(field.name) {
        guard let value = mapping[field.name] else { continue }
        try set(field, to: value)
        read.insert(field.name)
        isDone = false
      }
    }
    try requireMeaning(of: mapping.map(\.key))
    complete()
    try check()
  }

  /// Checks every value of the section, each alone and all together.
  func check() throws(RecipeProblem) {
    for field in Self.fields where field.applies(self) && !field.isValid(self) {
      throw RecipeProblem(
        path: [field.name], expected: field.expected,
        found: field.write(self)?.excerpt ?? "none")
    }
    try checkTogether()
  }

  /// The section as YAML: every value that has a meaning in it, given or not.
  var node: Node {
    let pairs = Self.fields.filter { $0.applies(self) }.compactMap { field in
      field.write(self).map { (Node(field.name), $0) }
    }
    return Node(pairs)
  }

  private mutating func set(_ field: RecipeField<Self>, to value: Node) throws(RecipeProblem) {
    let isRead: Bool
    do { isRead = try field.read(value, &self) } catch { throw error.inside(field.name) }
    guard isRead, field.isValid(self) else {
      throw RecipeProblem(
        path: [field.name], expected: field.expected, found: value.excerpt, row: value.mark?.line)
    }
  }

  /// Refuses the first key that is unknown, or has no meaning beside the others.
  private func requireMeaning(of keys: [Node]) throws(RecipeProblem) {
    let applicable = Self.fields.filter { $0.applies(self) }.map(\.name)
    for key in keys where !applicable.contains(key.scalar?.string ?? "") {
      throw RecipeProblem(
        path: [], expected: expectation(of: key, amongst: applicable), found: key.excerpt,
        row: key.mark?.line)
    }
  }
}

/// What to expect in place of an unknown key: the nearest known one, or all of them.
func expectation(of key: Node, amongst names: [String]) -> String {
  if let text = key.scalar?.string, let nearest = nearestName(to: text, in: names) {
    return "to have a known key (did you mean \(nearest)?)"
  }
  return "to have only the keys \(names.joined(separator: ", "))"
}
