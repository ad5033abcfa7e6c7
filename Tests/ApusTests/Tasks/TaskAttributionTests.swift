import ApusModels
import ApusTensors
import ApusText
import Testing

@testable import Apus

@Suite struct TaskAttributionTests {
  /// A model of one task over pairs, which it reads apart.
  private func task(_ encoder: PretrainedConfig, _ tokenizer: Tokenizer?) throws -> TaskModel {
    var task = TaskConfig(name: "alike", kind: .similarity)
    task.isPair = true
    return try FineTunedModel(
      FineTunedConfig(encoder: encoder, maximumLength: 30, tasks: [task]), tokenizer,
      in: ParameterStore(seed: 3).root
    ).tasks[0]
  }

  /// A place for each score, of texts without tokens or words too; they are read as empty ones.
  @Test func placesAreThoseOfScores() throws {
    let tokenizer = try Tokenizer(json: TokenizerSamples.words)
    let gpt = GPTConfig(
      vocabularySize: tokenizer.vocabularySize, contextLength: 32, hiddenSize: 8, layerCount: 1,
      headCount: 2)
    var elmo = ELMoConfig(
      vocabularySize: 5, filters: [.init(width: 2, count: 4)], size: 6, projectedSize: 4)
    elmo.characterSize = 3
    for task in [try task(.transformer(.gpt(gpt)), tokenizer), try task(.elmo(elmo), nil)] {
      for (first, second, places) in [
        ("w1 w2", "w3", [0..<2, 3..<5, 6..<8]), ("", "w1 w2", [0..<0, 1..<3, 4..<6]),
        (" ", "w1", [0..<0, 2..<4]), ("w1", "", [0..<2, 0..<0]), ("", nil, [0..<0]),
      ] as [(String, String?, [Range<Int>])] {
        #expect(task.places(first, second) == places)
        #expect(task.input(first, second).count == places.count)
      }
    }
  }
}
