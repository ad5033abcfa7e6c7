/// Finds the terms of texts: runs of two or more letters, numbers and underscores are words, and so many
/// neighbours together, with a blank between them, are a term.
///
/// - Source: the words are those of scikit-learn's vectorizers, `(?u)\b\w\w+\b`.
struct TermWalker {
  private let options: TermOptions
  private let classes = ScalarClasses.shared

  init(_ options: TermOptions) { self.options = options }

  func forEachTerm(of text: String, _ body: (String) -> Void) {
    let words = words(of: options.lowercases ? text.lowercased() : text)
    for count in options.wordCounts where count <= words.count {
      for start in 0...words.count - count {
        body(
          count == 1 ? words[start] : words[start..<start + count].joined(separator: " "))
      }
    }
  }

  private func words(of text: String) -> [String] {
    var words: [String] = []
    let scalars = text.unicodeScalars
    var start = scalars.startIndex
    var length = 0
    for index in scalars.indices {
      if isOfWord(scalars[index]) {
        if length == 0 { start = index }
        length += 1
      } else {
        if length > 1 { words.append(String(scalars[start..<index])) }
        length = 0
      }
    }
    if length > 1 { words.append(String(scalars[start...])) }
    return words
  }

  private func isOfWord(_ scalar: Unicode.Scalar) -> Bool {
    !classes[scalar.value].isDisjoint(with: [.letter, .number]) || scalar == "_"
  }
}
