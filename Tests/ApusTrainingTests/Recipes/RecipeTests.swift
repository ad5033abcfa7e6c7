import ApusFiles
import ApusTraining
import Testing

@Suite struct RecipeTests {
  /// The least that makes a recipe; its lines are numbered in the tests below.
  static let least = """
    model:
      kind: gpt
      hiddenSize: 64
      layerCount: 2
      headCount: 4
      contextLength: 32
    objective:
      kind: causal
    optimizer:
      kind: adamw
      learningRate: 0.001
    training:
      steps: 10
      sequencesPerBatch: 4
    """

  @Test func fillsInTheStandardsOfTheKind() throws {
    let gpt = try Recipe(yaml: Self.least)
    let causal = try gpt.transformer
    #expect(causal.activation == .tanhGELU)
    #expect(causal.normalization == .pre)
    #expect(causal.layerNormEpsilon == 1e-5)
    #expect(causal.intermediateSize == 256)
    #expect(gpt.optimizer.weightDecay == 0.01)
    #expect(gpt.schedule == ScheduleRecipe(kind: .constant))

    let bert = try Recipe(
      yaml: Self.least.replacing("kind: gpt", with: "kind: bert").replacing(
        "causal", with: "masked"
      )
      .replacing("kind: bert", with: "dropout: 0.25\n  kind: bert"))
    let masked = try bert.transformer
    #expect(masked.activation == .gelu)
    #expect(masked.normalization == .post)
    #expect(masked.layerNormEpsilon == 1e-12)
    #expect(masked.attentionDropout == 0.25)
    #expect(bert.objective.maskingRate == 0.15)
  }

  @Test(arguments: Recipe.names)
  func builtInRecipesReadBackAsWritten(name: String) throws {
    let recipe = try Recipe.builtIn(named: name)
    #expect(recipe.name == name)
    #expect(!recipe.summary.isEmpty)
    #expect(try Recipe(yaml: recipe.yaml) == recipe)
    try recipe.validate()
  }

  @Test func gptCharIsThePublishedSetting() throws {
    let recipe = try Recipe.builtIn(named: "gpt-char")
    let model = try recipe.transformer
    #expect(model.hiddenSize == 128 && model.layerCount == 4)
    #expect(model.contextLength == 64 && recipe.training.sequencesPerBatch == 12)
    #expect(recipe.optimizer.beta2 == 0.99 && recipe.schedule.finalRate == 1e-4)
    #expect(recipe.tokenizer.kind == .character && model.dropout == 0)
  }

  /// Published sizes: 124,439,808 (GPT-2), 110,106,428 (BERT-Base with its pretraining heads).
  @Test func parameterCountsAreThePublishedOnes() throws {
    let gpt = try Recipe.builtIn(named: "gpt2-124m").model
    #expect(gpt.parameterCount(vocabularySize: 0) == 124_439_808)
    let bert = try Recipe.builtIn(named: "bert-base").model
    #expect(bert.parameterCount(vocabularySize: 30522) == 110_106_428)
  }

  /// Doubles of every size come back with all their bits.
  @Test(arguments: [1e-12, 3.3e-05, 0.1, 0.333_333_333_333_333_3, 12345.678e-9, 999.999])
  func numbersSurviveYAML(rate: Double) throws {
    var recipe = try Recipe(yaml: Self.least)
    recipe.optimizer.learningRate = rate
    recipe.name = "a: \"name\" # with signs"
    #expect(try Recipe(yaml: recipe.yaml) == recipe)
  }

  @Test func writesOnlyWhatHasAMeaning() throws {
    let yaml = try Recipe(yaml: Self.least.replacing("adamw", with: "sgd")).yaml
    #expect(yaml.contains("momentum: 0\n"))
    #expect(!yaml.contains("betas"))
    #expect(!yaml.contains("maskingRate"))
  }

  /// Sections of a file of tasks need not say what the file need not say without them.
  @Test func tasksFillTheirSections() throws {
    func recipe(_ sections: String) throws -> Recipe {
      try Recipe(
        yaml: "tasks:\n  a: {type: classification, data: a.tsv}\n\(sections)\n",
        file: "runs/my.tasks.yaml")
    }
    let plain = try recipe("")
    #expect(plain.name == "my" && plain.training.epochs == 3)
    #expect(!(try plain.yaml).contains("tokenizer"))
    let epoch = try recipe("training: {epochs: 1}").training
    #expect(epoch.epochs == 1 && epoch.sequencesPerBatch == 32 && epoch.clipNorm == nil)
    let steps = try recipe("training: {steps: 7, tokensPerBatch: 4096}").training
    #expect(steps.steps == 7 && steps.epochs == nil)
    #expect(steps.tokensPerBatch == 4096 && steps.sequencesPerBatch == nil)
    let faster = try recipe("optimizer: {learningRate: 0.001}").optimizer
    #expect(faster.learningRate == 0.001 && faster.kind == .adamw)
    #expect(try recipe("optimizer: {kind: adamw, weightDecay: 0}").optimizer.learningRate == 5e-5)
    let short = try recipe("model: {maximumLength: 64}\nschedule: {warmupSteps: 5}")
    #expect(short.schedule.kind == .linear && short.schedule.warmupSteps == 5)
    #expect(try Recipe(yaml: short.yaml) == short && short.model.kindName == "fine-tuned")
    #expect(try short.yaml.contains("maximumLength: 64\n"))
    // Another kind has a rate of its own, which has to be given.
    let error = #expect(throws: InputError.self) { try recipe("optimizer: {kind: sgd}") }
    #expect(error?.description.contains("optimizer.learningRate") == true)
  }

  @Test func scalingKeepsTheShareOfTheWarmUp() throws {
    let recipe = try Recipe.builtIn(named: "gpt-char").scaled(toSteps: 60)
    #expect(recipe.training.steps == 60)
    #expect(recipe.schedule.warmupSteps == 3)
    try recipe.validate()
  }

  @Test(arguments: Recipe.names) func everyRecipeCanBeCutToSomeSteps(name: String) throws {
    let recipe = try Recipe.builtIn(named: name).scaled(toSteps: 50)
    #expect(recipe.training.steps == 50)
    try recipe.validate()
  }

  @Test func anUnknownRecipeIsNamedWithTheNearest() {
    #expect(
      throws: InputError(
        expected: "a recipe of \(Recipe.names.joined(separator: ", ")) (did you mean gpt-mini?)",
        found: "\"gpt-mni\"")
    ) { try Recipe.builtIn(named: "gpt-mni") }
  }
}

extension Recipe {
  /// The section of the model, which must be a Transformer's.
  var transformer: TransformerRecipe {
    get throws {
      guard case .transformer(let section) = model else {
        throw InputError(expected: "a Transformer", found: model.kindName)
      }
      return section
    }
  }
}
