import ApusDecoding
import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import Testing

@Suite struct GenerationTests {
  /// Token n is followed by n + 1; the state holds every sequence whole.
  private func counting(_ contextLength: Int?, reads: Reads = Reads()) -> StepFunction<[[Int32]]> {
    func logits(_ texts: [[Int32]]) -> Tensor {
      reads.longest = max(reads.longest, texts.map(\.count).max() ?? 0)
      let rows = texts.flatMap { text in
        (0..<10).map { Float($0 == (Int(text[text.count - 1]) + 1) % 10 ? 1 : 0) }
      }
      return Tensor(rows, [texts.count, 10])
    }
    return StepFunction(
      contextLength: contextLength,
      start: {
        reads.starts.append($0)
        return (logits($0), $0)
      },
      next: { tokens, texts in
        for (row, token) in tokens.enumerated() { texts[row].append(token) }
        return logits(texts)
      },
      select: { rows, texts in rows.map { texts[$0] } })
  }

  private final class Reads {
    var starts: [[[Int32]]] = []
    var longest = 0
  }

  private let key = RandomKey(seed: 1, name: "generation")

  private func greedy(
    _ count: Int, ends: Set<Int32> = [], _ overflow: GenerationOptions.Overflow = .slide
  ) -> GenerationOptions {
    GenerationOptions(
      sampling: .greedy, tokenCount: count, ends: ends, overflow: overflow)
  }

  @Test func continuesEachPromptAndReportsTokensInOrder() throws {
    var reported: [[Int32]] = [[], [], []]
    let texts = try counting(nil).generate([[3], [0, 7], [9, 9, 9]], greedy(4), key: key) {
      reported[$0].append($1)
    }
    #expect(texts == [[4, 5, 6, 7], [8, 9, 0, 1], [0, 1, 2, 3]])
    #expect(reported == texts)
  }

  @Test func endsEachSequenceAtItsEndOfText() throws {
    let texts = try counting(nil).generate([[1], [4], [5]], greedy(4, ends: [6]), key: key)
    #expect(texts == [[2, 3, 4, 5], [5], []])
    // Any of several, of which one is no token of the model.
    let sooner = try counting(nil).generate(
      [[1], [4], [5]], greedy(4, ends: [6, 3, 99]), key: key)
    #expect(sooner == [[2], [5], []])
  }

  @Test func generatesNothingOnRequest() throws {
    #expect(try counting(nil).generate([[1], [2]], greedy(0), key: key) == [[], []])
    #expect(try counting(nil).generate([], greedy(3), key: key) == [])
  }

  @Test func slidesOverTheContext() throws {
    let reads = Reads()
    let texts = try counting(6, reads: reads).generate(
      [[0, 1, 2, 3, 4], [5]], greedy(7), key: key)
    #expect(texts == [[5, 6, 7, 8, 9, 0, 1], [6, 7, 8, 9, 0, 1, 2]])
    #expect(reads.longest == 6)
    // The long sequence is cut to half of the context; its mate keeps what it had.
    #expect(reads.starts[1] == [[4, 5, 6], [5, 6, 7]])
  }

  @Test func cutsLongPromptsWhenSliding() throws {
    let reads = Reads()
    let texts = try counting(4, reads: reads).generate([[0, 1, 2, 3, 4, 5]], greedy(2), key: key)
    #expect(texts == [[6, 7]])
    #expect(reads.starts == [[[4, 5]]])
  }

  @Test func stopsAtTheEndOfTheContextOnRequest() throws {
    let texts = try counting(4).generate([[0, 1, 2], [3]], greedy(9, .stop), key: key)
    #expect(texts == [[3, 4], [4, 5, 6, 7]])
    #expect(throws: InputError.self) {
      try counting(4).generate([[0, 1, 2, 3, 4]], greedy(1, .stop), key: key)
    }
  }

  @Test func refusesEmptyPrompts() {
    let error = #expect(throws: InputError.self) {
      try counting(4).generate([[1], []], greedy(1), key: key)
    }
    #expect(error?.row == 2)
  }

  @Test func theCallerCanEndIt() {
    struct Enough: Error {}
    #expect(throws: Enough.self) {
      try counting(nil).generate([[1]], greedy(1000), key: key) { _, token in
        if token == 5 { throw Enough() }
      }
    }
  }

  @Test func theCallerCanEndOneSequence() throws {
    var continuation = try Continuation(
      [[1], [5]], greedy(4), key: key, by: counting(nil))
    while let added = try continuation.next() {
      for (sequence, token) in added where token == 2 { continuation.end(sequence) }
    }
    #expect(continuation.tokens == [[2], [6, 7, 8, 9]])
    #expect(continuation.endings == [.stop, .length])
    #expect(try continuation.next() == nil)
  }

  @Test func aMinimumHoldsBackTheEnd() throws {
    var options = greedy(6, ends: [3])
    options.minimumTokenCount = 2
    options.ends.insert(99)
    // The likeliest is barred at first; of equals the one with the lowest id is taken.
    #expect(try counting(nil).generate([[2], [0]], options, key: key) == [[0, 1, 2], [1, 2]])
  }

  @Test func penaltiesCountWhatWasChosen() throws {
    // Constant logits: the penalties alone decide.
    let constant = StepFunction<Int>(
      contextLength: nil, start: { (Self.rows($0.count), $0.count) },
      next: { tokens, _ in Self.rows(tokens.count) }, select: { rows, _ in rows.count })
    func tokens(_ penalties: Penalties, _ prompt: [Int32] = [2]) throws -> [Int32] {
      let options = GenerationOptions(sampling: .greedy, penalties: penalties, tokenCount: 6)
      return try constant.generate([prompt], options, key: key)[0]
    }
    // Logits 3, 2, -1: each choice of 0 costs 0.6.
    #expect(try tokens(Penalties(frequency: 0.6)) == [0, 0, 1, 0, 1, 0])
    #expect(try tokens(Penalties(presence: 1.5)) == [0, 1, 0, 0, 0, 0])
    #expect(try tokens(Penalties(presence: 0.5)) == [0, 0, 0, 0, 0, 0])
    // The prompt's tokens count for the repetition penalty: 3 / 2 < 2.
    #expect(try tokens(Penalties(repetition: 2), [0]).first == 1)
    #expect(try tokens(Penalties(frequency: 9, presence: 9), [0]).first == 0)
    #expect(throws: InputError.self) { try Penalties(repetition: 0) }
    #expect(throws: InputError.self) { try Penalties(frequency: .infinity) }
    #expect(throws: InputError.self) { try Penalties(presence: .nan) }
  }

  private static func rows(_ count: Int) -> Tensor {
    Tensor((0..<count).flatMap { _ in [3, 2, -1] as [Float] }, [count, 3])
  }

  @Test func numbersOfPromptsGoOn() throws {
    let model = try loadedGPT().model
    let options = GenerationOptions(sampling: try Sampling(temperature: 2), tokenCount: 8)
    let together = try model.steps().generate([[1], [1], [1]], options, key: key)
    var rest = try Continuation(
      [[1], [1]], options, key: key, numbers: [1, 2], by: model.steps())
    while try rest.next() != nil {}
    #expect(rest.tokens == Array(together[1...]))
    #expect(Set(together).count == 3)
  }

  @Test func matesDoNotChangeWhatIsDrawn() throws {
    let model = try loadedGPT().model
    let options = GenerationOptions(
      sampling: try Sampling(temperature: 1.5, topK: 40, topP: 0.95), tokenCount: 12)
    let first: [Int32] = [5, 1, 60]
    let together = try model.steps().generate([first, [7], [2, 2, 2, 2]], options, key: key)
    #expect(try model.steps().generate([first], options, key: key)[0] == together[0])
    #expect(Set(together).count == 3)
    let other = RandomKey(seed: 2, name: "generation")
    #expect(try model.steps().generate([first], options, key: other)[0] != together[0])
  }

  @Test func slidesARealModel() throws {
    let model = try loadedGPT().model
    let texts = try model.steps().generate(
      [[1, 2, 3], Array(repeating: 4, count: 23)], greedy(40), key: key)
    #expect(texts.map(\.count) == [40, 40])
  }
}
