/// A piece of grammar: fixed words, a sequence, a choice, or a slot that the scene fills.
///
/// Written as text: `[a|b|]` chooses one (here perhaps nothing), `{name}` fills a slot from the
/// scene or from the rule of that name, `{name:form}` inflects what fills it, and `{name/verb}`
/// is the verb in the present tense agreeing with what fills it.
indirect enum Pattern: Sendable {
  case text(String)
  case sequence([Pattern])
  case choice([Pattern])
  case slot(Slot)

  struct Slot: Sendable {
    enum Inflection: Sendable {
      case none
      case form(Form)
      case agreeing(verb: String)
    }
    let name: String
    let inflection: Inflection
  }

  init(_ source: String) {
    var rest = Substring(source)
    self = Pattern.sequence(from: &rest)
    precondition(rest.isEmpty, "pattern: unbalanced at \"\(rest)\" in \"\(source)\"")
  }

  private static func sequence(from rest: inout Substring) -> Pattern {
    var parts: [Pattern] = []
    while let next = rest.first, next != "|", next != "]" {
      switch next {
      case "[": parts.append(choice(from: &rest))
      case "{": parts.append(slot(from: &rest))
      default:
        let words = rest.prefix { !"[]{|".contains($0) }
        parts.append(.text(String(words)))
        rest.removeFirst(words.count)
      }
    }
    return parts.count == 1 ? parts[0] : .sequence(parts)
  }

  private static func choice(from rest: inout Substring) -> Pattern {
    var alternatives: [Pattern] = []
    repeat {
      rest.removeFirst()
      alternatives.append(sequence(from: &rest))
    } while rest.first == "|"
    precondition(rest.first == "]", "pattern: a choice does not end")
    rest.removeFirst()
    return .choice(alternatives)
  }

  private static func slot(from rest: inout Substring) -> Pattern {
    guard let end = rest.firstIndex(of: "}") else {
      preconditionFailure("pattern: a slot does not end: \(rest)")
    }
    let body = rest[rest.index(after: rest.startIndex)..<end]
    rest = rest[rest.index(after: end)...]
    guard let mark = body.firstIndex(where: { $0 == ":" || $0 == "/" }) else {
      return .slot(Slot(name: String(body), inflection: .none))
    }
    let name = String(body[..<mark])
    let detail = String(body[body.index(after: mark)...])
    if body[mark] == "/" {
      return .slot(Slot(name: name, inflection: .agreeing(verb: detail)))
    }
    guard let form = Form(rawValue: detail) else {
      preconditionFailure("pattern: no form is called \(detail)")
    }
    return .slot(Slot(name: name, inflection: .form(form)))
  }
}
