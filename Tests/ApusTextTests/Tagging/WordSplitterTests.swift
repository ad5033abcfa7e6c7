import Testing

@testable import ApusText

@Suite struct WordSplitterTests {
  @Test(arguments: [
    ("", ""), (" \n\t", ""), ("Hello, world!", "Hello|,|world|!"),
    ("(U.S. officials said: \"No.\")", "(|U.S.|officials|said|:|\"|No|.|\"|)"),
    ("John's dog isn't here...", "John|'s|dog|is|n't|here|..."),
    ("It\u{2019}s $5.20, -3,000 or 50%.", "It|\u{2019}s|$|5.20|,|-3,000|or|50|%|."),
    ("J. R. Smith -- mid-week", "J.|R.|Smith|--|mid-week"), ("?!", "?|!"), ("'s", "'|s"),
    ("«Ça va?» 東京。", "«|Ça|va|?|»|東京|。"),
    ("a!?!!", "a|!|?|!!"),
  ]) func splits(_ text: String, _ words: String) {
    let found = WordSplitter.words(of: text)
    #expect(found.map(\.text).joined(separator: "|") == words)
    let scalars = Array(text.unicodeScalars)
    for word in found {
      #expect(Array(word.text.unicodeScalars) == Array(scalars[word.characters]))
    }
  }

  /// In time that grows with the length of the line, or this test would take hours.
  @Test func takesLinesOfSigns() {
    for line in [
      String(repeating: "!?", count: 200_000), "a" + String(repeating: "!?", count: 200_000),
    ] {
      #expect(WordSplitter.words(of: line).count == 400_000 + (line.first == "a" ? 1 : 0))
    }
  }
}
