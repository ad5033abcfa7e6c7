import ApusFiles
import ApusModels
import Yams

extension Recipe {
  /// Reads a recipe file.
  ///
  /// - Throws: `FileError` if it can't be read, `InputError` for the first thing in it that can't be
  ///   used.
  public init(contentsOf path: String) throws {
    let file = try MappedFile(path)
    // Recipes have a few dozen lines; a wrong file shall not be parsed for minutes.
    guard file.count <= 1 << 20 else {
      throw InputError(
        file: path, expected: "a recipe of at most 1 MiB", found: "\(file.count) bytes")
    }
    let text = withExtendedLifetime(file) { String(validating: file.bytes, as: UTF8.self) }
    guard let text else {
      throw InputError(file: path, expected: "a recipe in UTF-8", found: "other bytes")
    }
    try self.init(yaml: text, file: path)
  }

  /// Reads a recipe from its text.
  ///
  /// - Parameters:
  ///   - yaml: The text.
  ///   - file: The name that errors give for its origin.
  /// - Throws: `InputError` for the first thing in it that can't be used.
  public init(yaml: String, file: String? = nil) throws(InputError) {
    let root = try Self.compose(yaml, file: file)
    do {
      try self.init(root, standardName: Self.name(ofFile: file))
    } catch {
      var problem = error
      problem.row = problem.row ?? Self.row(of: problem.path, in: root)
      throw problem.error(file: file)
    }
  }

  /// What a recipe of a file is called that does not say: as the file, without its endings.
  private static func name(ofFile path: String?) -> String {
    let name = path?.split(separator: "/").last?.prefix { $0 != "." && !$0.isNewline } ?? ""
    return name.isEmpty ? "recipe" : String(name)
  }

  /// The recipe as YAML that reads back as an equal one, standard values written out; sections that a
  /// pretrained encoder leaves without effect are left out.
  public var yaml: String {
    get throws {
      var pairs: [(Node, Node)] = [("name", Node(name))]
      if !summary.isEmpty { pairs.append(("summary", Node(summary))) }
      // An encoder that was trained before brings its tokenizer, and reads no running text.
      let isIdle = [.tasks, .similarity].contains(objective.kind)
      pairs.append(("model", model.node))
      if !isIdle || tokenizer != Self.standardTokenizer {
        pairs.append(("tokenizer", tokenizer.node))
      }
      if let targetTokenizer { pairs.append(("targetTokenizer", targetTokenizer.node)) }
      if let features { pairs.append(("features", features.node)) }
      if let augmentation { pairs.append(("augmentation", augmentation.node)) }
      if let adaptation { pairs.append(("adaptation", adaptation.node)) }
      if let imbalance { pairs.append(("imbalance", imbalance.node)) }
      if !tasks.isEmpty {
        pairs.append(("tasks", Node(tasks.map { (Node($0.name), $0.node) })))
      }
      if !isIdle || data != DataRecipe() { pairs.append(("data", data.node)) }
      if tasks.isEmpty || objective != FineTuningStandard().objective {
        pairs.append(("objective", objective.node))
      }
      pairs += [
        ("optimizer", optimizer.node), ("schedule", schedule.node), ("training", training.node),
      ]
      return try serialize(node: Node(pairs), width: -1, allowUnicode: true)
    }
  }

  private static let keys = [
    "name", "summary", "model", "tokenizer", "targetTokenizer", "features", "augmentation",
    "adaptation", "imbalance", "tasks", "data", "objective", "optimizer", "schedule", "training",
  ]

  /// What a recipe without the section has.
  private static let standardTokenizer = TokenizerRecipe(kind: .bpe)

  /// Reads a recipe from its root.
  ///
  /// - Parameters:
  ///   - root: A mapping.
  ///   - standardName: What the recipe is called if it does not say.
  /// - Throws: `RecipeProblem` for the first thing in it that can't be used.
  init(_ root: Node, standardName: String) throws(RecipeProblem) {
    guard case .mapping(var mapping) = root else {
      throw RecipeProblem(
        path: [], expected: "a recipe with the keys \(Self.keys.joined(separator: ", "))",
        found: root.excerpt, row: root.mark?.line)
    }
    for key in mapping.keys where !Self.keys.contains(key.scalar?.string ?? "") {
      throw RecipeProblem(
        path: ["the recipe"], expected: expectation(of: key, amongst: Self.keys),
        found: key.excerpt, row: key.mark?.line)
    }
    let tasks = try Self.tasks(in: mapping)
    // What a file of tasks leaves out is as most fine-tuning has it.
    let standard = tasks.isEmpty ? nil : FineTuningStandard()
    standard?.complete(&mapping)
    self.init(
      name: try Self.text("name", in: mapping) ?? standardName,
      summary: try Self.text("summary", in: mapping) ?? "",
      model: try Self.model(in: mapping, standard?.model),
      tokenizer: try Self.section("tokenizer", in: mapping) ?? Self.standardTokenizer,
      targetTokenizer: try Self.section("targetTokenizer", in: mapping),
      features: try Self.section("features", in: mapping),
      augmentation: try Self.section("augmentation", in: mapping),
      adaptation: try Self.section("adaptation", in: mapping),
      imbalance: try Self.section("imbalance", in: mapping), tasks: tasks,
      data: try Self.section("data", in: mapping) ?? DataRecipe(),
      objective: try Self.required("objective", in: mapping, standard?.objective),
      optimizer: try Self.required("optimizer", in: mapping, standard?.optimizer),
      schedule: try Self.section("schedule", in: mapping) ?? standard?.schedule
        ?? ScheduleRecipe(kind: .constant),
      training: try Self.required("training", in: mapping, standard?.training))
    try checkTogether()
  }

  private static func text(
    _ name: String, in mapping: Node.Mapping
  ) throws(RecipeProblem) -> String? {
    guard let node = mapping[name] else { return nil }
    guard let text = node.scalar?.string, !text.contains(where: \.isNewline) else {
      throw RecipeProblem(
        path: [name], expected: "as one line of text", found: node.excerpt, row: node.mark?.line)
    }
    return text
  }

  private static func section<Section: RecipeSection>(
    _ name: String, in mapping: Node.Mapping
  ) throws(RecipeProblem) -> Section? {
    guard let node = mapping[name] else { return nil }
    do { return try Section(node) } catch { throw error.inside(name) }
  }

  private static func tasks(in mapping: Node.Mapping) throws(RecipeProblem) -> [TaskRecipe] {
    guard let node = mapping["tasks"] else { return [] }
    guard case .mapping(let tasks) = node, !tasks.isEmpty else {
      throw RecipeProblem(
        path: ["tasks"], expected: "as a mapping of names to tasks", found: node.excerpt,
        row: node.mark?.line)
    }
    var found: [TaskRecipe] = []
    for (key, value) in tasks {
      let name = key.scalar?.string ?? ""
      guard TaskConfig.isName(name) else {
        throw RecipeProblem(
          path: ["tasks"], expected: "to have names of letters, digits, - and _",
          found: key.excerpt, row: key.mark?.line)
      }
      do {
        var task = try TaskRecipe(value)
        task.name = name
        found.append(task)
      } catch { throw error.inside(name).inside("tasks") }
    }
    return found
  }

  private static func model(
    in mapping: Node.Mapping, _ standard: ModelRecipe?
  ) throws(RecipeProblem) -> ModelRecipe {
    guard let node = mapping["model"] else {
      guard let standard else { throw missing("model") }
      return standard
    }
    do { return try ModelRecipe(node) } catch { throw error.inside("model") }
  }

  private static func required<Section: RecipeSection>(
    _ name: String, in mapping: Node.Mapping, _ standard: Section? = nil
  ) throws(RecipeProblem) -> Section {
    guard let section: Section = try section(name, in: mapping) ?? standard else {
      throw missing(name)
    }
    return section
  }

  private static func missing(_ name: String) -> RecipeProblem {
    RecipeProblem(path: ["the recipe"], expected: "to have a section \(name)", found: "none")
  }

  /// The line of a value, or of the innermost section around it that stands in the file.
  private static func row(of path: [String], in root: Node) -> Int? {
    var node = root
    for key in path {
      guard case .mapping(let mapping) = node, let inner = mapping[key] else { break }
      node = inner
    }
    return node.mark?.line
  }
}

extension Recipe {
  private static func compose(_ yaml: String, file: String?) throws(InputError) -> Node {
    guard aliasCount(yaml) <= 16 else {
      throw InputError(file: file, expected: "at most 16 YAML aliases", found: "more")
    }
    do {
      return try Yams.compose(yaml: yaml) ?? Node("")
    } catch let error as YamlError {
      throw Self.error(error, file: file)
    } catch {
      throw InputError(file: file, expected: "a recipe in YAML", found: "\(error)")
    }
  }

  private static func error(_ error: YamlError, file: String?) -> InputError {
    let expected = "a recipe in YAML"
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return InputError(file: file, row: mark.line, expected: expected, found: problem)
    case .duplicatedKeysInMapping(let keys, let context):
      let found = keys.map(RecipeProblem.excerpt).joined(separator: ", ")
      return InputError(
        file: file, row: context.mark.line, expected: "each key once", found: "\(found) twice")
    case .reader(let problem, _, _, _):
      return InputError(file: file, expected: expected, found: problem)
    default:
      return InputError(file: file, expected: expected, found: "something else")
    }
  }

  /// The pieces that look like YAML aliases: a chain of them, each naming the one before twice,
  /// stands for exponentially many values.
  private static func aliasCount(_ yaml: String) -> Int {
    var count = 0
    var previous = UInt8(ascii: "\n")
    for byte in yaml.utf8 {
      if byte == UInt8(ascii: "*"), " \n\t[]{},:-?".utf8.contains(previous) { count += 1 }
      previous = byte
    }
    return count
  }
}
