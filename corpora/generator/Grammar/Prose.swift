/// The last touch on a text: spaces, commas, articles and capital letters.
///
/// A sentence begins with a capital at the start of a paragraph, after a stop, and after the
/// quotation mark that opens a speech. What follows `?"` or `!"` may be "she asked", so it keeps
/// its case unless the pattern writes `^`. The mark `¶` ends a paragraph.
enum Prose {
  static func finished(_ text: String) -> String {
    text.split(separator: "¶").map { paragraph in
      let words = paragraph.split(separator: " ").map(withoutIdleComma)
      return capitalised(withArticles(words))
    }.joined(separator: "\n")
  }

  /// Drops the comma that closes an apposition where another mark follows: "a potter,." .
  private static func withoutIdleComma(_ word: Substring) -> String {
    var kept = ""
    for letter in word {
      if kept.last == ",", ".,;:!?".contains(letter) { kept.removeLast() }
      kept.append(letter)
    }
    return kept
  }

  /// Joins words, turning "a" into "an" before a vowel sound.
  private static func withArticles(_ words: [String]) -> String {
    var text = ""
    for (position, word) in words.enumerated() {
      if position > 0, word.first.map(",.;:!?".contains) != true { text += " " }
      text += word
      let bare = word.drop { $0 == "\"" || $0 == "(" }
      if bare == "a", position + 1 < words.count,
        Morphology.beginsWithVowelSound(words[position + 1])
      {
        text += "n"
      }
    }
    return text
  }

  private static func capitalised(_ text: String) -> String {
    var result = ""
    var capitalNext = true
    var inQuotation = false
    // A speech that breaks off at a comma goes on in small letters: "Well," she said, "so be it."
    var isSpeechBroken = false
    var last: Character = " "
    var beforeLast: Character = " "
    for letter in text {
      switch letter {
      case "^":
        capitalNext = true
        continue
      case "\"":
        inQuotation.toggle()
        if !inQuotation {
          isSpeechBroken = last == ","
        } else if !isSpeechBroken {
          capitalNext = true
        }
      case " ":
        if !inQuotation, ".!?".contains(last) { isSpeechBroken = false }
        if ".!?".contains(last) || (last == "\"" && beforeLast == ".") { capitalNext = true }
      default: break
      }
      let isCapital = capitalNext && (letter.isLetter || letter.isNumber)
      result += isCapital ? letter.uppercased() : String(letter)
      if isCapital { capitalNext = false }
      (beforeLast, last) = (last, letter)
    }
    return result
  }
}
