import ApusDecoding
import Foundation
import Testing

@Suite struct NGramTests {
  private static let golden =
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path() + "ApusDecodingTests/Golden/"

  @Test func trainsConvertsAndScores() throws {
    let directory = try TemporaryDirectory()
    let text = Self.golden + "text.txt"
    let arpa = "\(directory.path)/words.arpa"
    let trained = try Program.run(["ngram", "train", text, "--order", "3", "--output", arpa])
    #expect(trained.status == 0 && trained.lines.count == 3)
    #expect(trained.lines[0].hasSuffix("(assumed)") && !trained.lines[1].hasSuffix("(assumed)"))
    let binary = "\(directory.path)/words.bin"
    #expect(try Program.run(["ngram", "convert", arpa, binary]).status == 0)
    let expected = try Program.run(
      ["ngram", "score", Self.golden + "words.arpa", text, "--json"]
    ).json()
    for path in [arpa, binary] {
      let found = try Program.run(["ngram", "score", path, text, "--json"]).json()
      let pair = [found, expected].compactMap { $0["perplexity"] as? Double }
      #expect(pair.count == 2 && abs(pair[0] - pair[1]) < 1e-3)
      #expect(found["sentences"] as? Int == 240 && found["unknown_words"] as? Int == 0)
    }
    let sentences = try Program.run(["ngram", "score", binary, text, "--sentences"])
    #expect(sentences.lines.count == 241 && sentences.lines[0].contains("\t"))

    let characters = "\(directory.path)/characters.bin"
    let unit = ["--unit", "character", "--order", "4"]
    #expect(
      try Program.run(["ngram", "train", text, "--output", characters] + unit).status == 0)
    #expect(try Program.run(["ngram", "score", characters, text]).output.contains("characters"))
    #expect(try NGramModel(contentsOf: characters).unit == .character)
  }

  @Test func refusesWhatItCannotUse() throws {
    let directory = try TemporaryDirectory()
    let text = Self.golden + "text.txt"
    try Program.run(["ngram", "train", text, "--output", "\(directory.path)/a.txt"])
      .expectUsageError(naming: ".arpa or .bin")
    try Program.run([
      "ngram", "train", text, "--order", "17", "--output", "\(directory.path)/a.bin",
    ])
    .expectFailure(65, naming: "1 to 16")
    let tagged = try directory.write("a\nb </s>\n".utf8, to: "tagged.txt")
    try Program.run([
      "ngram", "train", tagged, "--output", "\(directory.path)/a.bin",
    ])
    .expectFailure(65, naming: "tagged.txt:2: ")
    try Program.run(["ngram", "score", text, text]).expectFailure(65, naming: "\\data\\")
    try Program.run(["ngram", "score", "\(directory.path)/absent", text])
      .expectFailure(66, naming: "absent")
  }
}
