/// Named rules, each a list of alternatives.
///
/// Written as text: a line `name:` opens a rule, `- ` an alternative, and any other line continues
/// the alternative before it. A name in upper case makes a rule of sentences: the writer
/// avoids what it has said before and does not use an alternative twice in one document.
struct Grammar: Sendable {
  struct Rule: Sendable {
    var alternatives: [Pattern] = []
    let makesSentences: Bool
  }

  private(set) var rules: [String: Rule] = [:]

  init(_ sources: [String]) {
    for source in sources { read(source) }
  }

  private mutating func read(_ source: String) {
    var name = ""
    var alternative: String?
    func close(_ grammar: inout Grammar) {
      guard let text = alternative else { return }
      grammar.rules[name]?.alternatives.append(Pattern(text))
      alternative = nil
    }
    for line in source.split(separator: "\n") {
      if line.hasPrefix("- ") {
        close(&self)
        alternative = String(line.dropFirst(2))
      } else if line.last == ":", line.first?.isLetter == true, !line.contains(" ") {
        close(&self)
        name = String(line.dropLast())
        precondition(rules[name] == nil, "grammar: the rule \(name) stands twice")
        rules[name] = Rule(makesSentences: name.first?.isUppercase == true)
      } else {
        precondition(alternative != nil, "grammar: a stray line: \(line)")
        alternative?.append(" " + line.drop { $0 == " " })
      }
    }
    close(&self)
  }
}
