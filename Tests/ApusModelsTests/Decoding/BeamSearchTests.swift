import ApusDecoding
import ApusFiles
import ApusTensors
import Foundation
import Testing

@Suite struct BeamSearchTests {
  private static let vocabularySize = 4

  /// Logits that depend on the last two tokens in no simple way.
  private func logits(_ text: [Int32]) -> [Float] {
    let (last, before) = (text.last ?? 0, text.dropLast().last ?? 7)
    return (0..<Self.vocabularySize).map { token in
      Float(2 * sin(Double(3 * last + 5 * before) + 1.7 * Double(token * token)))
    }
  }

  private func model(contextLength: Int? = nil) -> StepFunction<[[Int32]]> {
    func rows(_ texts: [[Int32]]) -> Tensor {
      Tensor(texts.flatMap(logits), [texts.count, Self.vocabularySize])
    }
    return StepFunction(
      contextLength: contextLength,
      start: { (rows($0), $0) },
      next: { tokens, texts in
        for (row, token) in tokens.enumerated() { texts[row].append(token) }
        return rows(texts)
      },
      select: { rows, texts in rows.map { texts[$0] } })
  }

  /// All continuations of up to `count` tokens with their log-probabilities, those that end early
  /// with the end among the tokens.
  private func enumerate(_ prompt: [Int32], _ count: Int, ends: Set<Int32>) -> [([Int32], Double)] {
    func extend(_ tokens: [Int32], _ sum: Double) -> [([Int32], Double)] {
      if tokens.count == count || tokens.last.map(ends.contains) == true { return [(tokens, sum)] }
      let logits = logits(prompt + tokens).map(Double.init)
      let total = log(logits.reduce(0) { $0 + exp($1) })
      return logits.enumerated().flatMap { token, logit in
        extend(tokens + [Int32(token)], sum + logit - total)
      }
    }
    return extend([], 0)
  }

  @Test(arguments: [nil, 2] as [Int32?], [0, 1, 1.5] as [Float])
  func wideSearchFindsWhatEnumerationFinds(_ end: Int32?, _ penalty: Float) throws {
    let count = 4
    for prompt in [[0], [3, 1], [2, 2, 2]] as [[Int32]] {
      let expected = enumerate(prompt, count, ends: end.map { [$0] } ?? []).map { tokens, sum in
        (
          tokens: tokens.filter { $0 != end },
          score: sum / pow(Double(tokens.count), Double(penalty))
        )
      }.sorted { $0.score > $1.score }
      let options = try BeamOptions(
        width: 256, resultCount: 20, lengthPenalty: penalty, ending: .whenHopeless,
        tokenCount: count, ends: end.map { [$0] } ?? [])
      let found = try model().beamSearch([prompt], options)[0]
      #expect(found.map(\.tokens) == expected.prefix(20).map(\.tokens))
      for (beam, golden) in zip(found, expected) {
        #expect(abs(Double(beam.score) - golden.score) < 1e-5)
      }
    }
  }

  @Test func oneBeamIsGreedy() throws {
    let prompts: [[Int32]] = [[0], [3, 1], [2, 2, 2]]
    let key = RandomKey(seed: 1, name: "unused")
    let greedy = try model().generate(
      prompts, GenerationOptions(sampling: .greedy, tokenCount: 7), key: key)
    let found = try model().beamSearch(prompts, BeamOptions(width: 1, tokenCount: 7))
    #expect(found.map { $0.map(\.tokens) } == greedy.map { [$0] })
  }

  @Test func aMinimumHoldsBackTheEnd() throws {
    let options = try BeamOptions(
      width: 4, resultCount: 4, tokenCount: 6, minimumTokenCount: 3, ends: [2])
    let found = try model().beamSearch([[0]], options)[0]
    #expect(found.count == 4)
    #expect(found.allSatisfy { $0.tokens.count >= 3 && !$0.tokens.contains(2) })
  }

  @Test func eachPromptHasItsLimit() throws {
    let options = try BeamOptions(width: 2, tokenCount: 7)
    let found = try model().beamSearch([[0], [1], [0]], options, limits: [2, 7, 4])
    #expect(found.map { $0[0].tokens.count } == [2, 7, 4])
    #expect(found.allSatisfy { $0[0].ending == .length })
  }

  @Test func endsWithTheContext() throws {
    let options = try BeamOptions(width: 2, tokenCount: 100)
    // What follows the last place is still known.
    let found = try model(contextLength: 5).beamSearch([[0, 1]], options)[0]
    #expect(found[0].tokens.count == 4 && found[0].ending == .context)
    #expect(throws: InputError.self) {
      try model(contextLength: 5).beamSearch([[0], Array(repeating: 1, count: 6)], options)
    }
    #expect(throws: InputError.self) { try model().beamSearch([[]], options) }
  }

  @Test func tellsWhyEachContinuationEnds() throws {
    let options = try BeamOptions(
      width: 64, resultCount: 64, ending: .whenHopeless, tokenCount: 3, ends: [2])
    let found = try model().beamSearch([[0]], options)[0]
    #expect(Set(found.map(\.ending)) == [.endOfText, .length])
    #expect(found.allSatisfy { ($0.ending == .length) == ($0.tokens.count == 3) })
  }

  @Test func severalEndsLeaveBeamsThatGoOn() throws {
    // Of four tokens three end: the fourth is the last candidate of each beam.
    let options = try BeamOptions(
      width: 4, resultCount: 4, ending: .whenHopeless, tokenCount: 4, ends: [0, 1, 2])
    let found = try model().beamSearch([[1]], options)[0]
    let expected = enumerate([1], 4, ends: [0, 1, 2]).map { tokens, sum in
      (
        tokens: tokens.filter { ![0, 1, 2].contains($0) },
        score: sum / Double(tokens.count)
      )
    }.sorted { $0.score > $1.score }
    #expect(found.map(\.tokens) == expected.prefix(4).map(\.tokens))
    // Where long texts are worth most, one beam goes on beside three likelier ends.
    let long = try BeamOptions(
      width: 1, lengthPenalty: 5, ending: .whenHopeless, tokenCount: 4, ends: [0, 1, 2])
    for prompt in 0..<8 as Range<Int32> {
      #expect(try model().beamSearch([[prompt]], long)[0][0].tokens.count >= 3)
    }
  }

  @Test func generatesNothingOnRequest() throws {
    #expect(try model().beamSearch([[1]], BeamOptions(width: 2, tokenCount: 0)) == [[]])
    #expect(try model().beamSearch([], BeamOptions(width: 2, tokenCount: 3)) == [])
  }

  @Test func refusesWhatMeansNothing() {
    #expect(throws: InputError.self) { try BeamOptions(width: 0, tokenCount: 1) }
    #expect(throws: InputError.self) { try BeamOptions(width: 2, resultCount: 3, tokenCount: 1) }
    #expect(throws: InputError.self) { try BeamOptions(width: 2, resultCount: 0, tokenCount: 1) }
    #expect(throws: InputError.self) {
      try BeamOptions(width: 2, lengthPenalty: .nan, tokenCount: 1)
    }
    let broken = StepFunction<Void>(
      contextLength: nil, start: { _ in (Tensor([.nan, 1] as [Float], [1, 2]), ()) },
      next: { _, _ in Tensor([.nan, 1] as [Float], [1, 2]) }, select: { _, _ in })
    #expect(throws: InputError.self) {
      try broken.beamSearch([[1]], BeamOptions(width: 2, tokenCount: 1))
    }
  }
}
