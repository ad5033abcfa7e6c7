import ApusFiles
import ApusModels
import ApusText
import Foundation
import Testing

@testable import ApusTraining

@Suite struct ImbalancedRunTests {
  private let directory: TemporaryDirectory
  private let training: String
  private let validation: String

  /// Texts of two labels, one of them rare, whose words overlap.
  private static func texts(_ count: Int, every: Int) -> String {
    (0..<count).map { number in
      let isRare = number % every == 0
      let word = isRare || number % 7 == 3 ? "odd" : "plain"
      return "\(isRare ? "rare" : "often") \(word) w\(number % 5) w\(number % 3)\n"
    }.joined()
  }

  init() throws {
    directory = try TemporaryDirectory()
    training = try directory.write(Self.texts(160, every: 16), to: "train.txt")
    validation = try directory.write(Self.texts(60, every: 4), to: "valid.txt")
  }

  private func recipe(_ imbalance: String) throws -> Recipe {
    try Recipe(
      yaml: """
        model:
          kind: textcnn
          embeddingSize: 8
          kernelSizes: [2]
          channelCount: 6
        tokenizer:
          kind: word
          vocabularySize: 100
        imbalance:
          \(imbalance.split(separator: ";").joined(separator: "\n  "))
        objective:
          kind: classification
          labelSmoothing: 0.05
        optimizer:
          kind: adam
          learningRate: 0.01
        training:
          epochs: 4
          sequencesPerBatch: 16
          precision: fp32
        """)
  }

  private func run(
    _ recipe: Recipe, _ name: String
  ) throws -> TrainingRun<ClassificationTask> {
    try TrainingRun(
      classifying: recipe, in: "\(directory.path)/\(name)",
      texts: try LabelledData(training, validation: validation))
  }

  @Test(arguments: [
    "classWeights: inverse;focusing: 1", "classWeights: effective;effectiveBeta: 0.99",
    "logitAdjustment: 1;l1: 0.0001;l2: 0.001", "sampling: over", "sampling: under",
    "sampling: balanced;retrainingEpochs: 3;filling: smote;neighbours: 3;tuneThresholds: true",
    "retrainingEpochs: 3;filling: noise;noise: 0.2",
  ]) func stoppedAndContinuedIsTheSame(_ imbalance: String) throws {
    let recipe = try recipe(imbalance)
    #expect(try Recipe(yaml: recipe.yaml) == recipe)
    let whole = try run(recipe, "whole")
    try whole.run(showsProgress: false)
    var calls = 0
    try run(recipe, "stopped").run(showsProgress: false) {
      calls += 1
      return calls == 3
    }
    let continued = try run(recipe, "stopped")
    #expect(continued.step == 3)
    try continued.run(showsProgress: false)
    for part in ["model.safetensors", "config.json", "best/model.safetensors", "best/config.json"] {
      let contents = try ["whole", "stopped"].map {
        try Data(contentsOf: URL(filePath: "\(directory.path)/\($0)/\(part)"))
      }
      #expect(contents[0] == contents[1], "\(part)")
    }
  }

  @Test func finishingTwiceIsFinishingOnce() throws {
    let recipe = try recipe("logitAdjustment: 1;retrainingEpochs: 2;tuneThresholds: true")
    try run(recipe, "run").run(showsProgress: false)
    let weights = URL(filePath: "\(directory.path)/run/best/model.safetensors")
    let once = try Data(contentsOf: weights)
    try run(recipe, "run").run(showsProgress: false)
    #expect(try Data(contentsOf: weights) == once)
  }

  @Test func thresholdsAreStoredAndUsed() throws {
    try run(try recipe("tuneThresholds: true"), "run").run(showsProgress: false)
    let path = "\(directory.path)/run/best"
    let texts = try LabelledTexts(validation).texts
    let with = try ClassifierEnsemble(path).score(on: texts).majority
    let (model, store) = try SequenceClassifier.load(path)
    var config = model.config
    #expect(config.thresholds != nil)
    config.thresholds = nil
    try SequenceClassifier.save(config, store.namedValues, to: path)
    let without = try ClassifierEnsemble(path).score(on: texts).majority
    #expect(with.macroF1 > without.macroF1)
  }

  @Test(arguments: [
    ("classWeights: inverse;sampling: over", "one of classWeights, logitAdjustment and sampling"),
    ("neighbours: 3", "neighbours"), ("effectiveBeta: 0.9", "effectiveBeta"),
    ("retrainingRate: 0.1", "retrainingRate"), ("sampling: twice", "imbalance.sampling"),
    ("focusing: -1", "imbalance.focusing"),
  ]) func whatHasNoEffectIsRefused(_ imbalance: String, _ expected: String) {
    let error = #expect(throws: InputError.self) { try recipe(imbalance) }
    #expect("\(error.map { "\($0)" } ?? "")".contains(expected), "\(String(describing: error))")
  }

  @Test func thresholdsNeedValidationTexts() throws {
    let recipe = try recipe("tuneThresholds: true")
    #expect(throws: InputError.self) {
      _ = try TrainingRun(
        classifying: recipe, in: "\(directory.path)/run", texts: try LabelledData(training))
    }
  }
}
