import ApusFiles
import ApusTensors
import Foundation
import Testing

@testable import ApusTraining

@Suite struct RecipeErrorTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    let text: String
    let becomes: String
    let message: String
    var testDescription: String { becomes }
  }

  private static let kinds = ModelRecipe.kinds.joined(separator: ", ")

  /// Each fault in the least recipe, with the whole message.
  @Test(arguments: [
    Fault(
      text: "hiddenSize: 64", becomes: "hidenSize: 64",
      message: "r:3: expected model to have a known key (did you mean hiddenSize?),"
        + " got \"hidenSize\""),
    Fault(
      text: "learningRate", becomes: "learning_rate",
      message: "r:11: expected optimizer to have a known key (did you mean learningRate?),"
        + " got \"learning_rate\""),
    Fault(
      text: "training:", becomes: "trainnig:",
      message: "r:12: expected the recipe to have a known key (did you mean training?),"
        + " got \"trainnig\""),
    Fault(
      text: "hiddenSize: 64", becomes: "hiddenSize: 65",
      message: "r:3: expected model.hiddenSize to be a multiple of headCount 4, got 65"),
    Fault(
      text: "layerCount: 2", becomes: "layerCount: 0",
      message: "r:4: expected model.layerCount as an integer of 1...1024, got \"0\""),
    Fault(
      text: "layerCount: 2", becomes: "layerCount: two",
      message: "r:4: expected model.layerCount as an integer of 1...1024, got \"two\""),
    Fault(
      text: "layerCount: 2", becomes: "layerCount: \"2\"",
      message: "r:4: expected model.layerCount as an integer of 1...1024, got \"2\""),
    Fault(
      text: "layerCount: 2", becomes: "layerCount: 99999999999999999999999",
      message: "r:4: expected model.layerCount as an integer of 1...1024,"
        + " got \"99999999999999999999999\""),
    Fault(
      text: "  layerCount: 2\n", becomes: "",
      message: "r:2: expected model.layerCount as an integer of 1...1024, got \"0\""),
    Fault(
      text: "contextLength: 32", becomes: "contextLength: 0",
      message: "r:6: expected model.contextLength as an integer of 2...1048576, got \"0\""),
    Fault(
      text: "  kind: gpt", becomes: "  vocabularySize: 2",
      message: "r:2: expected model.kind as one of \(kinds), got none"),
    Fault(
      text: "kind: gpt", becomes: "kind: [gpt]",
      message: "r:2: expected model.kind as one of \(kinds), got a list"),
    Fault(
      text: "learningRate: 0.001", becomes: "learningRate: -0.001",
      message: "r:11: expected optimizer.learningRate as a number of 1e-12...1000.0,"
        + " got \"-0.001\""),
    Fault(
      text: "learningRate: 0.001", becomes: "learningRate: nan",
      message: "r:11: expected optimizer.learningRate as a number of 1e-12...1000.0, got \"nan\""),
    Fault(
      text: "learningRate: 0.001", becomes: "learningRate: inf",
      message: "r:11: expected optimizer.learningRate as a number of 1e-12...1000.0, got \"inf\""),
    Fault(
      text: "learningRate: 0.001", becomes: "learningRate: 0.001\n  momentum: 0.9",
      message: "r:12: expected optimizer to have only the keys kind, learningRate, betas, epsilon,"
        + " weightDecay, got \"momentum\""),
    Fault(
      text: "learningRate: 0.001", becomes: "learningRate: 0.001\n  betas: [0.9]",
      message: "r:12: expected optimizer.betas as a list of two numbers of 0.0...0.999999999,"
        + " got a list"),
    Fault(
      text: "kind: causal", becomes: "kind: masked",
      message: "r:8: expected objective.kind to be causal for a gpt model, got masked"),
    Fault(
      text: "sequencesPerBatch: 4", becomes: "tokensPerBatch: 31",
      message: "r:14: expected training.tokensPerBatch to hold a sequence of contextLength 32,"
        + " got 31"),
    Fault(
      text: "sequencesPerBatch: 4", becomes: "seed: 1",
      message: "r:13: expected training to have either tokensPerBatch, sequencesPerBatch or"
        + " secondsPerBatch, got none"),
    Fault(
      text: "training:", becomes: "schedule: {kind: linear, warmupSteps: 10}\ntraining:",
      message: "r:12: expected schedule.warmupSteps to be less than the run's 10 steps, got 10"),
    Fault(
      text: "training:", becomes: "schedule: {kind: linear, finalRate: 0.01}\ntraining:",
      message: "r:12: expected schedule.finalRate to be at most the learningRate 0.001, got 0.01"),
    Fault(
      text: "  steps: 10\n", becomes: "",
      message: "r:13: expected training to have steps or epochs, got neither"),
    Fault(
      text: "  steps: 10", becomes: "  steps: 10\n  steps: 20",
      message: "r:13: expected each key once, got \"steps\" twice"),
    Fault(
      text: "model:", becomes: "model: [",
      message: "r:3: expected a recipe in YAML, got did not find expected ',' or ']'"),
  ])
  func isNamedWithItsLine(_ fault: Fault) throws {
    let text = RecipeTests.least.replacing(fault.text, with: fault.becomes)
    #expect(text != RecipeTests.least)
    let error = #expect(throws: InputError.self) { try Recipe(yaml: text, file: "r") }
    #expect(error?.description == fault.message)
  }

  @Test func terabytesAreRefused() {
    let text = RecipeTests.least.replacing("hiddenSize: 64", with: "hiddenSize: 65536")
      .replacing("layerCount: 2", with: "layerCount: 1000")
    let error = #expect(throws: InputError.self) { try Recipe(yaml: text) }
    #expect(error?.expected.contains("1024 GiB") == true)
  }

  @Test func whatARecurrentModelCantDoIsRefused() throws {
    let text = try #require(Recipe.text(ofBuiltIn: "awd-lstm"))
    for (line, becomes, message) in [
      (
        "  clipNorm: 0.25", "  gradientCheckpointing: true",
        "training.gradientCheckpointing to be false for a lstm model"
      ),
      (
        "sequencesPerBatch: 20", "tokensPerBatch: 2000", "sequencesPerBatch where lengths are drawn"
      ),
      ("hiddenSize: 1150", "hiddenSize: 65536\n  projectedSize: 400\n  hasPeepholes: true", ""),
      ("layerCount: 3", "layerCount: 1024\n  projectedSize: 60000", "projectedSize"),
      ("  stepLength: 70", "  stepLength: 70000000", "stepLength"),
      ("kind: lstm", "kind: lstm\n  memoryZoneout: 0.1\n  layerNorm: true", ""),
      ("kind: lstm", "kind: gru\n  memoryZoneout: 0.1", "memoryZoneout"),
    ] {
      let changed = text.replacing(line, with: becomes)
      #expect(changed != text)
      if message.isEmpty {
        _ = try Recipe(yaml: changed)
      } else {
        let error = #expect(throws: InputError.self) { try Recipe(yaml: changed) }
        #expect(error?.description.contains(message) == true, "\(String(describing: error))")
      }
    }
    let large = text.replacing("hiddenSize: 1150", with: "hiddenSize: 65536")
      .replacing("layerCount: 3", with: "layerCount: 1000")
    let error = #expect(throws: InputError.self) { try Recipe(yaml: large) }
    #expect(error?.expected.contains("1024 GiB") == true)
  }

  @Test func aChangedRecipeIsCheckedToo() throws {
    var recipe = try Recipe(yaml: RecipeTests.least)
    var model = try recipe.transformer
    model.dropout = .nan
    recipe.model = .transformer(model)
    #expect(
      throws: InputError(expected: "model.dropout as a number of 0.0...0.99", found: "\"nan\"")
    ) { try recipe.validate() }
  }

  @Test func filesThatAreNoRecipesAreRefused() throws {
    let path = NSTemporaryDirectory() + "apus-recipe-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(throws: FileError.self) { try Recipe(contentsOf: path) }
    for bytes in [
      [], [0xFF, 0xFE], [0, 0, 0], Array(repeating: UInt8(ascii: "a"), count: 2 << 20),
    ] {
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      let error = #expect(throws: InputError.self) { try Recipe(contentsOf: path) }
      #expect(error?.file == path)
    }
    try Data(RecipeTests.least.utf8).write(to: URL(fileURLWithPath: path))
    // A recipe without a name has that of its file.
    var least = try Recipe(yaml: RecipeTests.least)
    least.name = URL(fileURLWithPath: path).lastPathComponent
    #expect(try Recipe(contentsOf: path) == least)
  }

  /// Each level names the one before ten times; the last stands for 10³⁰ values, as a key.
  @Test func exponentialAliasesAreRefusedAtOnce() {
    var text = "a0: &a0 [x]\n"
    for level in 1...30 {
      let alias = "*a\(level - 1)"
      text +=
        "a\(level): &a\(level) [\(Array(repeating: alias, count: 10).joined(separator: ","))]\n"
    }
    text += "? *a30\n: 1\n? *a29\n: 1\n"
    #expect(throws: InputError.self) { try Recipe(yaml: text) }
  }

  @Test(arguments: ["[", "{a: ", "- ", "? ", "!!a ", "&a "])
  func deepNestingIsRefused(_ opening: String) {
    let text = String(repeating: opening, count: 100_000)
    #expect(throws: InputError.self) { try Recipe(yaml: text) }
  }

  /// Damaged recipes are read or refused, never anything else.
  @Test func mutationsNeverTrap() throws {
    let original = Array(try #require(Recipe.text(ofBuiltIn: "bert-tiny")).utf8)
    let pieces = [
      "*", "&a ", "<<: ", "\n", "\t", "- ", "? ", ": ", "[", "]", "{", "}", "|", ">",
      "!!int ", "\"", "'", "#", "%", "---\n", "1e999", "-", "\u{FEFF}", "é",
    ].map { Array($0.utf8) }
    var random = RandomStream(RandomKey(seed: 7, name: "recipe mutations"))
    var accepted = 0
    for _ in 0..<4000 {
      var bytes = original
      for _ in 0...random.below(3) {
        let place = random.below(bytes.count)
        switch random.below(3) {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.below(30)))
        default: bytes.insert(contentsOf: pieces[random.below(pieces.count)], at: place)
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      do {
        let recipe = try Recipe(yaml: text)
        #expect(try Recipe(yaml: recipe.yaml) == recipe)
        accepted += 1
      } catch { #expect(error is InputError) }
    }
    #expect(0 < accepted && accepted < 4000)
  }
}
