import Apus
import ApusFiles
import ApusModels
import ApusTensors
import Testing

@Suite struct TextGeneratorTests {
  private let directory: TemporaryDirectory
  private let generator: TextGenerator
  private let options: TextGenerator.Options

  init() throws {
    directory = try TemporaryDirectory()
    generator = try TextGenerator(directory.model())
    options = TextGenerator.Options(
      tokenCount: 40, sampling: try Sampling(temperature: 1.3), seed: 5)
  }

  @Test func streamsWhatItGenerates() async throws {
    var pieces: [String] = []
    let whole = try generator.generate("The fox", options) { pieces.append($0) }
    #expect(pieces.joined() == whole && pieces.count > 10)
    var streamed: [String] = []
    for try await piece in generator.stream("The fox", options) { streamed.append(piece) }
    #expect(streamed == pieces)
  }

  @Test func manyTasksShareAGenerator() async throws {
    let prompts = ["The fox", "A", "", "old rivers and hedges"]
    let expected = try prompts.map { try generator.generate($0, options) }
    try await withThrowingTaskGroup(of: (Int, String).self) { group in
      for task in 0..<24 {
        let index = task % prompts.count
        group.addTask { [generator, options] in
          guard task % 2 == 0 else {
            return (index, try generator.generate(prompts[index], options))
          }
          var text = ""
          for try await piece in generator.stream(prompts[index], options) { text += piece }
          return (index, text)
        }
      }
      for try await (index, text) in group { #expect(text == expected[index]) }
    }
  }

  @Test func generatesManyPromptsInTheirOrder() async throws {
    let prompts = ["The fox", "A", "", "old rivers and hedges jump over the lazy dogs and sleep"]
    // The call without await, which closures take that are not asynchronous.
    let texts = try { try generator.generate(prompts, options) }()
    #expect(texts.count == 4 && Set(texts.map(\.text)).count == 4)
    #expect(texts.allSatisfy { $0.tokenCount <= 40 && $0.score == nil })
    #expect(texts[0].text == (try generator.generate("The fox", options)))
    #expect(try await generator.generate(prompts, options) == texts)
    let rest = try { try generator.generate(Array(prompts[2...]), options, numberedFrom: 2) }()
    #expect(rest == Array(texts[2...]))
    #expect(try { try generator.generate([], options) }().isEmpty)
  }

  @Test func cancellingATaskEndsItsStream() async throws {
    let endless = TextGenerator.Options(
      tokenCount: 100_000_000, sampling: options.sampling, minimumTokenCount: 100_000_000)
    let (beginnings, beginning) = AsyncStream.makeStream(of: Void.self)
    let streaming = Task { [generator] in
      for try await _ in generator.stream("The", endless) { beginning.yield() }
    }
    let batching = Task { [generator] in try await generator.generate(["The", "A"], endless) }
    for await _ in beginnings { break }
    streaming.cancel()
    batching.cancel()
    await #expect(throws: CancellationError.self) { try await streaming.value }
    await #expect(throws: CancellationError.self) { try await batching.value }
  }

  @Test func aStreamCanBeLeft() async throws {
    for try await piece in generator.stream("The", options) {
      #expect(!piece.isEmpty)
      break
    }
  }

  @Test func stopStringsEndTexts() async throws {
    let whole = try generator.generate("The fox", options)
    let characters = Array(whole)
    for start in [3, 9, 17] where start + 4 <= characters.count {
      let stop = String(characters[start..<start + 4])
      guard let place = whole.firstRange(of: stop) else { continue }
      var stopped = options
      stopped.stops = ["not in the text", stop]
      let expected = String(whole[..<place.lowerBound])
      var pieces: [String] = []
      #expect(try generator.generate("The fox", stopped) { pieces.append($0) } == expected)
      #expect(pieces.joined() == expected)
      let text = try await generator.generate(["The fox"], stopped)[0]
      #expect(text.text == expected && text.ending == .stop)
    }
  }

  @Test func searchesForTheLikeliest() throws {
    let found = try generator.search(
      ["The fox", "A"], BeamOptions(width: 3, resultCount: 2, tokenCount: 6))
    #expect(found.map(\.count) == [2, 2])
    for texts in found {
      let scores = texts.compactMap(\.score)
      #expect(scores.count == 2 && scores[0] >= scores[1] && scores[0] < 0)
    }
  }

  @Test func precisionsAgreeOnASmallModel() throws {
    guard case .gpt(let model) = try ModelDirectory.load(directory["model"]).model else {
      throw Unusable(reason: "not a GPT")
    }
    let prompt = generator.tokenizer.encode("The fox", addsSpecialTokens: false).ids
    func logits(_ precision: Mode.Precision) -> [Float] {
      model.start(Sequences(ids: [prompt]), .evaluation(precision)).logits
        .converted(to: .float32).elements()
    }
    let expected = logits(.fp32)
    let largest = expected.map(abs).max() ?? 0
    #expect(largest > 0)
    // 8 bits of a weight, or of a value, are a part in 256; sums of a few leave less.
    for precision in Mode.Precision.allCases
    where precision != .bf16 || Processor.supportsBFloat16 {
      let found = logits(precision)
      let error = zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
      #expect(error <= (precision == .fp32 ? 0 : largest / 30), "\(precision): \(error / largest)")
      #expect(precision == .fp32 || error > 0)
      let other = try TextGenerator(directory["model"], precision: precision)
      #expect(try other.generate("The fox", TextGenerator.Options(tokenCount: 6)).count > 0)
    }
  }
}
