/// A sentence of the Stanford Sentiment Treebank: a binary tree with a label for each phrase.
///
/// - Source: Socher et al. 2013. `(3 (2 It) (4 (2 is) (4 good)))`; brackets in the text are -LRB- and
///   -RRB-, which stay, and a slash is behind a backslash, which goes.
struct SentimentTree {
  private struct Phrase {
    /// From 0, very negative, to 4, very positive.
    var label: Int
    var words: Range<Int>
  }

  private var words: [Substring] = []
  /// Each phrase behind those that it is made of; the whole sentence is the last.
  private var phrases: [Phrase] = []

  /// Reads a tree; nil for what is none.
  init?(_ line: String) {
    var open: [Phrase] = []
    var rest = Substring(line)
    while let character = rest.first {
      switch character {
      case "(":
        rest.removeFirst()
        guard let digit = rest.first, let label = digit.wholeNumberValue, 0...4 ~= label,
          digit.isASCII, rest.dropFirst().first == " "
        else { return nil }
        rest.removeFirst(2)
        open.append(Phrase(label: label, words: words.count..<words.count))
      case ")":
        rest.removeFirst()
        guard var phrase = open.popLast(), phrase.words.lowerBound < words.count else { return nil }
        phrase.words = phrase.words.lowerBound..<words.count
        phrases.append(phrase)
        // A tree behind the tree.
        if open.isEmpty, rest.contains(where: { $0 != " " }) { return nil }
      case " ": rest.removeFirst()
      default:
        guard !open.isEmpty else { return nil }
        let word = rest.prefix { $0 != " " && $0 != "(" && $0 != ")" }
        words.append(word)
        rest = rest[word.endIndex...]
      }
    }
    guard open.isEmpty, !phrases.isEmpty else { return nil }
  }

  /// The phrases and their labels.
  ///
  /// - Parameters:
  ///   - onlyWhole: Whether only the sentence is asked for.
  ///   - isBinary: Whether labels are 0 and 1, without neutral phrases.
  /// - Returns: The sentence as the last one, if it is asked for at all.
  func phrases(onlyWhole: Bool, isBinary: Bool) -> [LabelledText] {
    phrases.suffix(onlyWhole ? 1 : phrases.count).compactMap { phrase in
      guard !isBinary || phrase.label != 2 else { return nil }
      let label = isBinary ? (phrase.label > 2 ? 1 : 0) : phrase.label
      let text = words[phrase.words].joined(separator: " ").replacing("\\/", with: "/")
      return LabelledText(label: String(label), text: text)
    }
  }
}
