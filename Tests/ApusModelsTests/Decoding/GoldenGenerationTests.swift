import ApusDecoding
import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import Foundation
import Testing

/// What transformers generates with the golden GPT; made by Tests/Peers/models/make_generation.py.
@Suite struct GoldenGenerationTests {
  private struct Cases: Decodable {
    let count: Int
    let greedy: [GreedyCase]
    let beams: [BeamCase]
    let distributions: [DistributionCase]
  }

  private struct GreedyCase: Decodable {
    let prompt: [Int32]
    let end: Int32?
    let minimum: Int
    let tokens: [Int32]
    let repetition_penalty: Float?
  }

  private struct BeamCase: Decodable {
    let prompt: [Int32]
    let width: Int
    let length_penalty: Float
    let early: String
    let end: Int32?
    let minimum: Int
    let repetition_penalty: Float
    let tokens: [[Int32]]
    let scores: [Float]
  }

  private struct DistributionCase: Decodable {
    let temperature: Float
    let top_k: Int?
    let top_p, min_p: Float?
    let logits: [Float]
    let probabilities: [Double]
  }

  private let cases: Cases
  private let key = RandomKey(seed: 1, name: "generation")

  init() throws {
    let file = URL(filePath: Golden.directory + "generation.json")
    cases = try JSONDecoder().decode(Cases.self, from: Data(contentsOf: file))
  }

  @Test func greedyTextsUnderPenaltiesAgree() throws {
    let steps = try loadedGPT().model.steps()
    #expect(cases.greedy.count >= 15)
    for golden in cases.greedy {
      let options = GenerationOptions(
        sampling: .greedy, penalties: try Penalties(repetition: golden.repetition_penalty ?? 1),
        tokenCount: cases.count, minimumTokenCount: golden.minimum,
        ends: golden.end.map { [$0] } ?? [])
      #expect(try steps.generate([golden.prompt], options, key: key) == [golden.tokens])
    }
  }

  @Test func beamsAgree() throws {
    let steps = try loadedGPT().model.steps()
    #expect(cases.beams.count >= 24)
    for golden in cases.beams {
      let found = try steps.beamSearch([golden.prompt], options(golden))[0]
      #expect(found.map(\.tokens) == golden.tokens, "\(golden)")
      for (beam, score) in zip(found, golden.scores) {
        #expect(abs(beam.score - score) <= 1e-5 * abs(score), "\(golden)")
      }
    }
  }

  @Test func promptsAreSearchedSideBySide() throws {
    let steps = try loadedGPT().model.steps()
    let goldens = cases.beams.filter { $0.width == 4 && $0.length_penalty == 1 && $0.minimum == 0 }
    #expect(goldens.count == 3)
    let found = try steps.beamSearch(goldens.map(\.prompt), options(goldens[0]))
    #expect(found.map { $0.map(\.tokens) } == goldens.map(\.tokens))
  }

  private func options(_ golden: BeamCase) throws -> BeamOptions {
    try BeamOptions(
      width: golden.width, resultCount: golden.width, lengthPenalty: golden.length_penalty,
      ending: golden.early == "True"
        ? .whenFull : golden.early == "never" ? .whenHopeless : .whenBehind,
      penalties: Penalties(repetition: golden.repetition_penalty), tokenCount: cases.count,
      minimumTokenCount: golden.minimum, ends: golden.end.map { [$0] } ?? [])
  }

  @Test func drawsFollowTheDistributionsThatAreLeft() throws {
    let draws = 20_000
    for golden in cases.distributions {
      let sampling = try Sampling(
        temperature: golden.temperature, topK: golden.top_k, topP: golden.top_p,
        minP: golden.min_p)
      var counts = golden.logits.map { _ in 0 }
      for draw in 0..<draws {
        let token = try golden.logits.withUnsafeBufferPointer {
          try sampling.token($0, key.split(draw))
        }
        counts[Int(token)] += 1
      }
      for (count, probability) in zip(counts, golden.probabilities) {
        let expected = Double(draws) * probability
        // Five standard deviations of a binomial count; none of what was left out.
        #expect(abs(Double(count) - expected) <= 5 * expected.squareRoot(), "\(sampling)")
      }
    }
  }
}

extension GPT {
  /// This model as decoding sees it, in fp32.
  func steps(_ mode: Mode = .evaluation()) -> StepFunction<GPT.Cache> {
    StepFunction(
      contextLength: config.contextLength,
      start: { start(Sequences(ids: $0), mode) },
      next: { next(Tensor($0), extending: &$1, mode) },
      select: { $1.selecting($0) })
  }
}
