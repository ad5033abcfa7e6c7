import ApusFiles
import ApusTensors
import Foundation
import Testing

@testable import ApusTraining

@Suite struct SmoothnessTests {
  /// What PyTorch makes of the loss, in Double, from Tests/Peers/finetuning/make_smoothness.py.
  private struct Golden: Decodable {
    let loss: Float
    let table, weight: [Float]
  }

  private static let texts: [[Int32]] = [[0, 1, 2], [2, 4], [1], [4, 0, 0, 2]]
  private let golden: [String: Golden]

  init() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Golden/smoothness.json")
    golden = try JSONDecoder().decode([String: Golden].self, from: Data(contentsOf: file))
  }

  private static var recipe: AdaptationRecipe {
    var recipe = AdaptationRecipe()
    (recipe.smoothness, recipe.smoothnessSteps) = (1.5, 2)
    (recipe.smoothnessStep, recipe.smoothnessBound) = (0.01, 0.04)
    return recipe
  }

  /// The texts' means under a linear map.
  private static func answers(
    _ table: Parameter, _ weight: Parameter, _ form: SmoothAnswers.Form
  ) -> SmoothAnswers {
    let words = Sequences(table.value.gathered(texts.flatMap { $0 }), lengths: texts.map(\.count))
    return SmoothAnswers(
      linear(words.means, weight.value), form, shares: Array(repeating: 0.25, count: texts.count))
  }

  @Test(arguments: [
    ("choice", SmoothAnswers.Form.choice), ("independent", .independent), ("numbers", .numbers),
  ])
  func agreesWithPyTorch(_ name: String, _ form: SmoothAnswers.Form) throws {
    let expected = try #require(golden[name])
    let smoothness = try #require(Smoothness(Self.recipe))
    let table = Parameter(
      "words", Tensor((0..<18).map { Float(sin(Double($0) * 1.3 + 1)) }, [6, 3]))
    let weight = Parameter("weight", Tensor((0..<6).map { Float(cos(Double($0) * 0.7)) }, [2, 3]))
    let start = VectorChange(
      rows: [0, 1, 2, 4], values: (0..<12).map { Float(0.05 * sin(Double($0) + 2)) })
    let before = table.stored.floatElements
    let loss = try #require(
      smoothness.loss(
        moving: table, from: start, [table, weight], given: Self.answers(table, weight, form)
      ) { Self.answers(table, weight, form) })
    #expect(abs(loss.scalar - expected.loss) < 1e-3 * expected.loss)
    let gradients = loss.gradients(of: [table, weight])
    for (parameter, expected) in [(table, expected.table), (weight, expected.weight)] {
      let found = try #require(gradients[parameter]).floatElements
      // A linear map changes its numbers alike wherever vectors are: their gradient is 0.
      let scale = expected.reduce(1e-3) { max($0, abs($1)) }
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-3 * scale }, "\(parameter.name)")
    }
    // What was moved and frozen on the way is as before.
    #expect(table.value.floatElements == before && !weight.isFrozen)
  }

  /// The search finds a change that answers differ by more than by a drawn one of the same size.
  @Test func climbs() throws {
    var recipe = Self.recipe
    let table = Parameter("words", Tensor.normal([6, 3], RandomKey(seed: 1, name: "words")))
    let weight = Parameter("weight", Tensor.normal([2, 3], RandomKey(seed: 1, name: "weight")))
    func loss(_ steps: Int) throws -> Float {
      recipe.smoothnessSteps = steps
      let smoothness = try #require(Smoothness(recipe))
      let slope = Tensor((0..<18).map { $0 / 3 == 5 ? Float(0) : 1 }, [6, 3])
      let start = VectorChange(
        ofRowsIn: slope, drawnBy: RandomKey(seed: 2, name: "start"), deviation: 0.004)
      return try #require(
        smoothness.loss(
          moving: table, from: start, [table, weight],
          given: Self.answers(table, weight, .choice)
        ) { Self.answers(table, weight, .choice) }
      ).scalar
    }
    let losses = try [1, 4].map(loss)
    #expect(losses[0] > 0 && losses[1] > losses[0] * 2)
  }

  @Test func isRefusedWhereNothingCanBeCompared() throws {
    let tagger = try TunedTagger()
    let error = #expect(throws: InputError.self) {
      try tagger.run(try TunedTagger.recipe("smoothness: 1"), "refused")
    }
    #expect(error?.description.contains("no adaptation.smoothness but for") == true)
    let other = #expect(throws: InputError.self) {
      try tagger.run(try TunedTagger.recipe("proximity: 1"), "refused-too")
    }
    #expect(other?.description.contains("no adaptation.proximity but for") == true)
    for text in [
      "smoothness: 1\nadversarialStep: 1", "smoothnessBound: 0.1", "proximityDecay: 0.9",
      "proximity: 1\nproximityDecay: 1",
    ] {
      #expect(throws: InputError.self) { try TunedTagger.recipe(text) }
    }
  }
}
