/// Cuts raw text into words as tagged corpora have them: signs around a word are words of their own.
///
/// Runs of one sign stay together (`...`, `--`), and so do periods in and behind initials and
/// abbreviations with inner periods (`U.S.`), signs within words (`mid-week`, `3,000`) and the sign of
/// a number (`-5`). English clitics are cut off: `is|n't`, `John|'s`.
public enum WordSplitter {
  /// A word and where it stands in the text, in Unicode scalars, which most languages count as
  /// characters.
  public struct Word: Sendable, Hashable {
    public var text: String
    public var characters: Range<Int>

    public init(text: String, characters: Range<Int>) {
      self.text = text
      self.characters = characters
    }
  }

  /// The words of each sentence of a text, as `SentenceSplitter` finds them.
  public static func sentences(of text: String) -> [[Word]] {
    var text = text
    return text.withUTF8 { bytes in
      var sentences: [[Word]] = []
      var start = 0
      SentenceSplitter.forEachSentence(in: bytes) { range in
        let sentence = String(decoding: bytes[range], as: UTF8.self)
        let words = words(of: sentence).map {
          Word(
            text: $0.text,
            characters: $0.characters.lowerBound + start..<$0.characters.upperBound + start)
        }
        if !words.isEmpty { sentences.append(words) }
        start += sentence.unicodeScalars.count
      }
      return sentences
    }
  }

  /// The words of one sentence.
  public static func words(of text: String) -> [Word] {
    let scalars = Array(text.unicodeScalars)
    var words: [Word] = []
    for run in runs(of: scalars, where: { !$0.properties.isWhitespace }) {
      for range in split(run, scalars) {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[range])
        words.append(Word(text: String(view), characters: range))
      }
    }
    return words
  }

  private static func runs(
    of scalars: [Unicode.Scalar], where belongs: (Unicode.Scalar) -> Bool
  ) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var start: Int?
    for (index, scalar) in scalars.enumerated() {
      if belongs(scalar) {
        start = start ?? index
      } else if let begin = start {
        runs.append(begin..<index)
        start = nil
      }
    }
    if let start { runs.append(start..<scalars.count) }
    return runs
  }

  /// The words of a run without white space.
  private static func split(_ run: Range<Int>, _ scalars: [Unicode.Scalar]) -> [Range<Int>] {
    var front: [Range<Int>] = []
    var back: [Range<Int>] = []
    var rest = run
    while let first = rest.first, isSign(scalars[first]), !signsNumber(rest, scalars) {
      let end = rest.first { scalars[$0] != scalars[first] } ?? rest.upperBound
      front.append(first..<end)
      rest = end..<rest.upperBound
    }
    while let last = rest.last, isSign(scalars[last]), !isAbbreviation(rest, scalars) {
      let start = rest.last { scalars[$0] != scalars[last] }.map { $0 + 1 } ?? rest.lowerBound
      back.append(start..<rest.upperBound)
      rest = rest.lowerBound..<start
    }
    guard !rest.isEmpty else { return front + back.reversed() }
    let cut = clitic(rest, scalars)
    let parts = [rest.lowerBound..<cut, cut..<rest.upperBound].filter { !$0.isEmpty }
    return front + parts + back.reversed()
  }

  private static func isSign(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation, .mathSymbol, .currencySymbol,
      .modifierSymbol, .otherSymbol:
      true
    default: false
    }
  }

  private static func signsNumber(_ run: Range<Int>, _ scalars: [Unicode.Scalar]) -> Bool {
    let next = run.lowerBound + 1
    return ["-", "+", "."].contains(scalars[run.lowerBound])
      && next < run.upperBound && scalars[next].properties.numericType != nil
  }

  /// A letter and its period, or periods between letters and behind the last.
  private static func isAbbreviation(_ run: Range<Int>, _ scalars: [Unicode.Scalar]) -> Bool {
    guard let last = run.last, scalars[last] == ".", run.count >= 2 else { return false }
    let body = scalars[run.dropLast()]
    guard let final = body.last, final.properties.isAlphabetic else { return false }
    return (body.count == 1 && final.properties.isUppercase)
      || (body.contains(".") && body.allSatisfy { $0 == "." || $0.properties.isAlphabetic })
  }

  /// Where the clitic at the end of a word begins; the word's end if it has none.
  private static func clitic(_ word: Range<Int>, _ scalars: [Unicode.Scalar]) -> Int {
    let letters = scalars[word].map { scalar -> String in
      scalar == "\u{2019}" ? "'" : scalar.properties.lowercaseMapping
    }
    for ending in ["n't", "'s", "'re", "'ve", "'ll", "'d", "'m"]
    where letters.count > ending.count && letters.suffix(ending.count).joined() == ending {
      return word.upperBound - ending.count
    }
    return word.upperBound
  }
}
