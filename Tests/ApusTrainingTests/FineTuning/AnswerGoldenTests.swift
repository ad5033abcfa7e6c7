import ApusText
import Foundation
import Testing

@testable import ApusModels
@testable import ApusTraining

/// Windows, targets, spans and thresholds against transformers' tokenizer and a search by trying each
/// (Tests/Peers/models/make_answers.py).
@Suite struct AnswerGoldenTests {
  private struct Golden: Decodable {
    struct Question: Decodable {
      struct Window: Decodable {
        var ids, segments: [Int32]
        /// The first token of the context.
        var first: Int
        /// The first and the last token of the answer.
        var target: [Int]?
        var offsets: [[Int]]
      }

      var question, context, answer, found, right: String
      /// Bytes of the answer, and of the best span.
      var start, begin, end: Int
      var limit, stride: Int
      var score, nothing: Double
      var windows: [Window]
    }

    var longest: Int
    /// The most that a threshold can give.
    var sums: [String: Double]
    var questions: [Question]
  }

  private let golden: Golden
  private let tokenizer: Tokenizer

  init() throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    golden = try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: tests.appending(path: "Golden/answers.json")))
    let root = tests.deletingLastPathComponent().deletingLastPathComponent()
    tokenizer = try Tokenizer(contentsOf: root.appending(path: "vocab/wordpiece.json").path())
  }

  private func context(_ golden: Golden.Question) throws -> AnswerContext {
    let reader = try PassageReader(tokenizer, maximumLength: golden.limit)
    return try #require(
      reader.context(golden.context, of: golden.question, stride: golden.stride))
  }

  private func begin(_ question: Int, _ window: Int, _ token: Int) -> Float {
    let (question, window, token) = (Double(question), Double(window), Double(token))
    return Float(3 * sin(1.3 * token + 0.7 * window + question) + (token == 0 ? 8 : 0))
  }

  private func end(_ question: Int, _ window: Int, _ token: Int) -> Float {
    let (question, window, token) = (Double(question), Double(window), Double(token))
    return Float(3 * sin(0.9 * token + 1.1 * window + 2 * question + 1))
  }

  private func answer(_ number: Int) throws -> SpanAnswer {
    let context = try context(golden.questions[number])
    return SpanAnswer(
      ofWindows: context.windows.enumerated().map { index, window in
        let tokens = window.passage.ids.indices
        return SpanAnswer(
          begins: tokens.map { begin(number, index, $0) },
          ends: tokens.map { end(number, index, $0) }, in: window, of: context.text,
          longest: golden.longest)
      })
  }

  @Test func windowsAndTargets() throws {
    #expect(golden.questions.count == 8)
    for golden in golden.questions {
      let context = try context(golden)
      #expect(context.windows.count == golden.windows.count, "\(golden.question)")
      let answer = golden.start..<golden.start + golden.answer.utf8.count
      for (window, golden) in zip(context.windows, golden.windows) {
        #expect(window.passage.ids == golden.ids)
        #expect(window.passage.segments == golden.segments)
        #expect(window.tokens.lowerBound == golden.first)
        #expect(window.offsets.map { [$0.lowerBound, $0.upperBound] } == golden.offsets)
        guard answer.lowerBound >= 0 else { continue }
        let target = window.tokens(of: answer)
        #expect(target.map { [$0.lowerBound, $0.upperBound] } == golden.target)
      }
    }
  }

  @Test func bestSpans() throws {
    for (number, golden) in golden.questions.enumerated() {
      let answer = try answer(number)
      let best = try #require(answer.best)
      #expect(best.range == golden.begin..<golden.end && best.text == golden.found)
      #expect(abs(Double(best.score) - golden.score) < 1e-4)
      #expect(abs(Double(answer.nothingScore) - golden.nothing) < 1e-4)
      #expect(answer.chosen(nil) == best)
      #expect(answer.chosen(answer.nothingLead) == best)
      #expect(answer.chosen(answer.nothingLead.nextDown) == nil)
    }
  }

  @Test func thresholdsGiveTheMost() throws {
    let answers = try golden.questions.enumerated().map { number, golden in
      (found: try answer(number), right: golden.right.isEmpty ? [] : [golden.right])
    }
    for (metric, sum) in [(TaskMetric.f1, golden.sums["f1"]), (.exactMatch, golden.sums["exact"])] {
      let threshold = bestNoAnswerThreshold(answers, metric)
      var score = SpanScore()
      for (found, right) in answers {
        score.add(found.chosen(threshold)?.text ?? "", answers: right)
      }
      let mean = metric == .f1 ? score.f1 : score.exactMatch
      #expect(abs(mean * Double(answers.count) - (try #require(sum))) < 1e-9)
      // In the middle between a span that is right and one of a question without an answer.
      let leads = [0, 6].map { answers[$0].found.nothingLead }
      #expect(abs(threshold - (leads[0] + leads[1]) / 2) < 1e-5)
    }
    // Where 0 is as good as any, it stays.
    #expect(bestNoAnswerThreshold(Array(answers[3..<4]), .f1) == 0)
    #expect(bestNoAnswerThreshold([], .f1) == 0)
  }

  /// −ln of the probabilities is what training makes small.
  @Test func probabilitiesAreThoseOfTheLoss() throws {
    let context = try context(golden.questions[0])
    let tokens = context.windows[0].passage.ids.indices
    let (begins, ends) = (tokens.map { begin(0, 0, $0) }, tokens.map { end(0, 0, $0) })
    let answer = try answer(0)
    func share(_ score: Float, of scores: [Float]) -> Double {
      exp(Double(score)) / scores.reduce(0) { $0 + exp(Double($1)) }
    }
    let best = try #require(answer.best)
    let held = try #require(context.windows[0].tokens(of: best.range))
    let expected =
      share(begins[held.lowerBound], of: begins) * share(ends[held.upperBound], of: ends)
    #expect(abs(Double(best.probability) - expected) < 1e-5)
    #expect(
      abs(
        Double(answer.nothingProbability) - share(begins[0], of: begins) * share(ends[0], of: ends))
        < 1e-5)
  }

  @Test func bytesAreWholeCharactersWithoutBlanks() throws {
    // As of a tokenizer of bytes: a token within a character, and one with the blank before it.
    let window = AnswerWindow(
      passage: Passage(ids: [1, 2, 3, 4], segments: [0, 0, 0, 0]), tokens: 1..<4,
      offsets: [0..<2, 2..<4, 4..<6])
    let text = "a é b"  // 0x61 0x20 0xC3 0xA9 0x20 0x62
    let answer = SpanAnswer(
      begins: [0, 0, 0, 5], ends: [0, 0, 0, 5], in: window, of: text, longest: 3)
    #expect(answer.best?.text == "b" && answer.best?.range == 5..<6)
    let cut = AnswerWindow(
      passage: window.passage, tokens: 1..<4, offsets: [0..<1, 1..<3, 3..<6])
    let middle = SpanAnswer(
      begins: [0, 0, 5, 0], ends: [0, 0, 5, 0], in: cut, of: text, longest: 3)
    #expect(middle.best?.text == "é" && middle.best?.range == 2..<4)
  }

  @Test func aLongQuestionLeavesNoRoom() throws {
    let reader = try PassageReader(tokenizer, maximumLength: 12)
    #expect(reader.context("it is", of: String(repeating: "what ", count: 9), stride: 0) == nil)
    // With room for one token alone, windows still move on.
    let tight = reader.context("it is so", of: String(repeating: "what ", count: 8), stride: 64)
    #expect(tight?.windows.map(\.tokens.count) == [1, 1, 1])
  }
}
