/// What a document speaks of, by role.
typealias Scene = [String: Referent]

/// Writes documents from a grammar, remembering what it has said.
struct Writer {
  private let grammar: Grammar
  private var said: Set<String> = []
  private var usedAlternatives: Set<String> = []
  private var introduced: Set<String> = []
  private var random: Random

  /// How often a sentence that was said before is tried again.
  private static let attempts = 12

  init(_ grammar: Grammar) {
    self.grammar = grammar
    random = Random(seed: 0, stream: 0)
  }

  /// Writes a document from a rule, with a random stream of its own.
  mutating func document(_ rule: String, _ scene: Scene, _ random: Random) -> String {
    self.random = random
    usedAlternatives.removeAll(keepingCapacity: true)
    introduced.removeAll(keepingCapacity: true)
    return apply(rule, scene)
  }

  private mutating func expand(_ pattern: Pattern, _ scene: Scene) -> String {
    switch pattern {
    case .text(let text): text
    case .sequence(let parts): parts.reduce(into: "") { $0 += expand($1, scene) }
    case .choice(let alternatives): expand(random.pick(alternatives), scene)
    case .slot(let slot): fill(slot, scene)
    }
  }

  private mutating func fill(_ slot: Pattern.Slot, _ scene: Scene) -> String {
    let referent = scene[slot.name] ?? Referent(apply(slot.name, scene))
    let text =
      switch slot.inflection {
      case .none: named(referent, role: slot.name)
      case .form(let form): referent.inflected(form)
      case .agreeing(let verb): referent.agreeing(verb)
      }
    return text.contains { $0 == "{" || $0 == "[" } ? expand(Pattern(text), scene) : text
  }

  /// The name, with its introduction and a comma at the first mention.
  private mutating func named(_ referent: Referent, role: String) -> String {
    guard let introduction = referent.introduction, introduced.insert(role).inserted else {
      return referent.text
    }
    return "\(referent.text), \(introduction),"
  }

  private mutating func apply(_ name: String, _ scene: Scene) -> String {
    guard let rule = grammar.rules[name] else {
      preconditionFailure("grammar: neither a role nor a rule is called \(name)")
    }
    guard rule.makesSentences else { return expand(random.pick(rule.alternatives), scene) }
    let keys = rule.alternatives.indices.map { "\(name) \($0)" }
    let unused = rule.alternatives.indices.filter { !usedAlternatives.contains(keys[$0]) }
    let open = unused.isEmpty ? Array(rule.alternatives.indices) : unused
    var (choice, text) = (0, "")
    let introducedBefore = introduced
    for _ in 0..<Writer.attempts {
      introduced = introducedBefore
      choice = random.pick(open)
      text = expand(rule.alternatives[choice], scene)
      if !said.contains(text) { break }
    }
    said.insert(text)
    usedAlternatives.insert(keys[choice])
    return text
  }
}
