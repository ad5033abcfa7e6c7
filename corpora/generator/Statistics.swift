/// Counts that describe a corpus.
struct Statistics {
  private(set) var bytes = 0, documents = 0, paragraphs = 0, sentences = 0, words = 0
  private var sentenceForms: Set<Substring> = []
  private var wordForms: Set<String> = []

  init(_ text: String) {
    bytes = text.utf8.count
    var inDocument = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      guard !line.isEmpty else {
        inDocument = false
        continue
      }
      if !inDocument { documents += 1 }
      inDocument = true
      paragraphs += 1
      for sentence in Statistics.sentences(of: line) {
        sentences += 1
        sentenceForms.insert(sentence)
      }
      for word in line.split(whereSeparator: { !$0.isLetter && $0 != "'" && $0 != "-" }) {
        words += 1
        wordForms.insert(word.lowercased())
      }
    }
  }

  /// Cuts a paragraph after a stop and a closing quotation mark, if a capital follows.
  private static func sentences(of paragraph: Substring) -> [Substring] {
    var found: [Substring] = []
    var start = paragraph.startIndex
    var stopped = false
    for index in paragraph.indices {
      let letter = paragraph[index]
      if letter == " ", stopped {
        let next = paragraph[paragraph.index(after: index)...]
        let bare = next.drop { $0 == "\"" }
        if bare.first?.isUppercase == true || bare.first?.isNumber == true {
          found.append(paragraph[start..<index])
          start = next.startIndex
        }
      }
      if letter != "\"" { stopped = ".!?".contains(letter) }
    }
    found.append(paragraph[start...])
    return found
  }

  /// One count a line.
  var report: String {
    let distinct = 1000 * sentenceForms.count / max(1, sentences)
    return """
      bytes               \(Numerals.grouped(bytes))
      documents           \(Numerals.grouped(documents))
      paragraphs          \(Numerals.grouped(paragraphs))
      sentences           \(Numerals.grouped(sentences))
      distinct sentences  \(Numerals.grouped(sentenceForms.count)) (\(distinct / 10).\(distinct % 10) %)
      words               \(Numerals.grouped(words))
      distinct words      \(Numerals.grouped(wordForms.count))
      """
  }
}
