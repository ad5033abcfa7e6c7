import ApusText
import Testing

@testable import Apus

@Suite struct TextWriterTests {
  private let directory: TemporaryDirectory
  private let tokenizer: Tokenizer

  init() throws {
    directory = try TemporaryDirectory()
    tokenizer = try Tokenizer(contentsOf: directory.tokenizer("bpe"))
  }

  /// What a writer gives out for each token of a text, and at the end.
  private func pieces(_ text: String, stops: [String]) -> [String?] {
    var writer = TextWriter(tokenizer, after: [], stops: stops)
    var pieces: [String?] = []
    for id in tokenizer.encode(text, addsSpecialTokens: false).ids {
      pieces.append(writer.append(id))
      if writer.isStopped { break }
    }
    pieces.append(writer.finish())
    #expect(writer.finish() == nil)
    #expect(writer.text == pieces.compactMap(\.self).joined())
    return pieces
  }

  private func text(_ text: String, stops: [String]) -> String {
    pieces(text, stops: stops).compactMap(\.self).joined()
  }

  @Test(arguments: [
    ("The fox jumps.\n\nThe dog", ["\n\n"], "The fox jumps."),
    ("The fox jumps", ["x j"], "The fo"),
    ("The fox jumps", ["quick", "The"], ""),
    ("The fox jumps", [], "The fox jumps"),
    ("The fox jumps", [""], "The fox jumps"),
    // The first that appears counts, and of beginnings that come to nothing all is kept.
    ("aab aac aad", ["aad", "ac"], "aab a"),
    ("ababababc", ["ababc"], "abab"),
    // The end of a text decides what might have gone on.
    ("ab", ["abcd", "b"], "a"),
    ("xabc", ["abcd", "bc"], "xa"),
    ("it ends with a beginning: <en", ["<end>"], "it ends with a beginning: <en"),
    ("zażółć gęślą — 🦊 jaźń", ["🦊"], "zażółć gęślą — "),
    ("zażółć gęślą — 🦊 jaźń", ["ź"], "zażółć gęślą — 🦊 ja"),
  ])
  func endsBeforeTheFirstStop(_ text: String, _ stops: [String], _ expected: String) {
    #expect(self.text(text, stops: stops) == expected)
  }

  @Test func theRestCanBeAStop() {
    var writer = TextWriter(tokenizer, after: [], stops: ["\u{FFFD}"])
    let ids = tokenizer.encode("x🦊", addsSpecialTokens: false).ids
    for id in ids.dropLast() { _ = writer.append(id) }
    #expect(!writer.isStopped)
    _ = writer.finish()
    #expect(writer.isStopped && writer.text == "x")
  }

  @Test func givesOutWholeCharactersAsTheyCome() {
    let text = "The fox 🦊🦔 jumps — żółć"
    let pieces = pieces(text, stops: []).compactMap(\.self)
    #expect(pieces.joined() == text && pieces.count > 8)
    #expect(pieces.allSatisfy { !$0.contains("\u{FFFD}") })
  }

  @Test func holdsBackNoMoreThanTheBeginningOfAStop() {
    let pieces = pieces("xxxx###xxxx", stops: ["####"])
    #expect(pieces.first == "x")
    #expect(pieces.compactMap(\.self).joined() == "xxxx###xxxx")
    #expect(pieces.contains(nil))
  }
}
