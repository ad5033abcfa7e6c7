// With `Apus` alone: it brings along all that the options of a generator are made of.
import Apus
import Foundation
import Testing

@Suite struct TextEndingTests {
  private let directory: ModelSample

  init() throws { directory = try ModelSample(TokenizerSamples.words) }

  private func texts(_ options: TextGenerator.Options) throws -> GeneratedText {
    try TextGenerator(directory.path, precision: Mode.Precision.fp32).generate(["w1"], options)[0]
  }

  /// The id of the word that the model writes first.
  private func firstID() throws -> Int {
    let text = try texts(TextGenerator.Options(tokenCount: 3, sampling: Sampling.greedy))
    #expect(text.ending == ContinuationEnding.length && text.tokenCount == 3)
    let word = try #require(text.text.split(separator: " ").first)
    return try #require(Int(word.dropFirst()))
  }

  @Test func allEndsOfTheConfigurationEndTexts() throws {
    let id = try firstID()
    let options = TextGenerator.Options(tokenCount: 3, penalties: Penalties.none)
    for ends in ["\(id)", "[\((id + 1) % 8), \(id)]"] {
      try directory.setEnds("config.json", ends)
      let text = try texts(options)
      #expect(text.text == "" && text.tokenCount == 0 && text.ending == .endOfText)
    }
    try directory.setEnds("config.json", "null")
    try directory.setEnds("generation_config.json", "[\(id)]")
    #expect(try texts(options).ending == .endOfText)
  }

  @Test func theGenerationConfigurationGoesBefore() throws {
    let id = try firstID()
    let word = try texts(TextGenerator.Options(tokenCount: 8)).text
    let absent = try #require((0..<8).first { !word.contains("w\($0)") })
    try directory.setEnds("config.json", "\(id)")
    try directory.setEnds("generation_config.json", "\(absent)")
    #expect(try texts(TextGenerator.Options(tokenCount: 8)).ending == .length)
    try directory.setEnds("generation_config.json", "8")
    #expect(throws: (any Error).self) { try TextGenerator(directory.path) }
  }

  @Test func searchesEndWithTheContextOrTheLength() throws {
    let generator = try TextGenerator(directory.path)
    let short = try generator.search(["w1"], BeamOptions(width: 2, tokenCount: 3))[0]
    #expect(short.map(\.ending) == [.length] && short[0].tokenCount == 3)
    let long = try generator.search(["w1"], BeamOptions(width: 2, tokenCount: 99))[0]
    #expect(long.map(\.ending) == [.context] && long[0].tokenCount == 16)
    let id = try firstID()
    try directory.setEnds("config.json", "\(id)")
    let ended = try TextGenerator(directory.path)
      .search(["w1"], BeamOptions(width: 8, resultCount: 8, tokenCount: 3))[0]
    #expect(ended.contains { $0.ending == .endOfText })
  }

  @Test func aStopThatTheLastBytesMakeEndsTheText() throws {
    let directory = try ModelSample(TokenizerSamples.leadBytes)
    let generator = try TextGenerator(directory.path)
    var options = TextGenerator.Options(tokenCount: 1)
    #expect(try generator.generate(["<0xE1>"], options).map(\.text) == ["\u{FFFD}"])
    options.stops = ["\u{FFFD}"]
    let text = try generator.generate(["<0xE1>"], options)[0]
    #expect(text.text == "" && text.ending == .stop)
  }
}
