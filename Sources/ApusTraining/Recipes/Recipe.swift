import ApusFiles

/// Everything that makes a pretraining run: model, tokenizer, data, objective and optimization.
///
/// A recipe is YAML with a section for each part. Reading refuses unknown keys, keys without effect
/// for the kind of their section, wrong types and impossible values, by line and name.
public struct Recipe: Equatable, Sendable {
  public var name: String
  /// What the recipe is for, on one line.
  public var summary: String
  public var model: ModelRecipe
  public var tokenizer: TokenizerRecipe
  /// The tokenizer of what a translator writes; nil for one as of what it reads.
  public var targetTokenizer: TokenizerRecipe?
  /// What a recogniser hears of audio; nil for the others.
  public var features: FeatureRecipe?
  /// How a recogniser's utterances are changed at random; nil for not at all.
  public var augmentation: AugmentationRecipe?
  /// How what was trained before is trained on; nil for like all else.
  public var adaptation: AdaptationRecipe?
  /// What a classifier does about classes of unequal size; nil for nothing.
  public var imbalance: ImbalanceRecipe?
  /// What a fine-tuned model learns; none for the others.
  public var tasks: [TaskRecipe]
  public var data: DataRecipe
  public var objective: ObjectiveRecipe
  public var optimizer: OptimizerRecipe
  public var schedule: ScheduleRecipe
  public var training: TrainingRecipe

  public init(
    name: String, summary: String = "", model: ModelRecipe,
    tokenizer: TokenizerRecipe = TokenizerRecipe(kind: .bpe),
    targetTokenizer: TokenizerRecipe? = nil, features: FeatureRecipe? = nil,
    augmentation: AugmentationRecipe? = nil, adaptation: AdaptationRecipe? = nil,
    imbalance: ImbalanceRecipe? = nil, tasks: [TaskRecipe] = [],
    data: DataRecipe = DataRecipe(),
    objective: ObjectiveRecipe, optimizer: OptimizerRecipe,
    schedule: ScheduleRecipe = ScheduleRecipe(kind: .constant), training: TrainingRecipe
  ) {
    self.name = name
    self.summary = summary
    self.model = model
    self.tokenizer = tokenizer
    self.targetTokenizer = targetTokenizer
    self.features = features
    self.augmentation = augmentation
    self.adaptation = adaptation
    self.imbalance = imbalance
    self.tasks = tasks
    self.data = data
    self.objective = objective
    self.optimizer = optimizer
    self.schedule = schedule
    self.training = training
  }

  /// Checks a recipe that was made or changed in the program.
  ///
  /// - Throws: `InputError` with the first value that can't be used.
  public func validate() throws(InputError) {
    do {
      try check("model", model.section)
      try check("tokenizer", tokenizer)
      if let targetTokenizer { try check("targetTokenizer", targetTokenizer) }
      if let features { try check("features", features) }
      if let augmentation { try check("augmentation", augmentation) }
      if let adaptation { try check("adaptation", adaptation) }
      if let imbalance { try check("imbalance", imbalance) }
      for task in tasks { try check(task) }
      try check("data", data)
      try check("objective", objective)
      try check("optimizer", optimizer)
      try check("schedule", schedule)
      try check("training", training)
      try checkTogether()
    } catch {
      throw error.error()
    }
  }

  /// The recipe for another number of steps; a warm-up keeps its share of the run.
  public func scaled(toSteps steps: Int) -> Recipe {
    var recipe = self
    recipe.training.steps = steps
    // A warm-up of a run in epochs keeps its steps, as far as there are more.
    recipe.schedule.warmupSteps =
      training.steps.map { Int(Double(schedule.warmupSteps) / Double($0) * Double(steps)) }
      ?? min(schedule.warmupSteps, steps - 1)
    return recipe
  }

  private func check(_ name: String, _ section: some RecipeSection) throws(RecipeProblem) {
    do { try section.check() } catch { throw error.inside(name) }
  }

  private func check(_ task: TaskRecipe) throws(RecipeProblem) {
    do { try task.check() } catch { throw error.inside(task.name).inside("tasks") }
  }

  /// Checks what concerns more than one section.
  func checkTogether() throws(RecipeProblem) {
    let fitting = model.section.objective
    if fitting != objective.kind {
      throw RecipeProblem(
        path: ["objective", "kind"], expected: "to be \(fitting) for a \(model.kindName) model",
        found: "\(objective.kind)")
    }
    if let size = model.vocabularySize, tokenizer.kind != .character,
      size < tokenizer.vocabularySize
    {
      throw RecipeProblem(
        path: ["model", "vocabularySize"],
        expected: "to hold the tokenizer's \(tokenizer.vocabularySize) tokens", found: "\(size)")
    }
    // [CLS] A [SEP] B [SEP] with one token each.
    if objective.kind == .masked, let length = model.longestSequence, length < 5 {
      throw RecipeProblem(
        path: ["model", "contextLength"], expected: "to be at least 5 for masked examples",
        found: "\(length)")
    }
    try checkTargetTokenizer()
    if case .translation(let model) = model, model.copies, objective.labelSmoothing > 0 {
      throw RecipeProblem(
        path: ["objective", "labelSmoothing"], expected: "to be 0 for a model that copies",
        found: "\(objective.labelSmoothing)")
    }
    try checkFeatures()
    if case .wordVectors = model, adaptation != nil {
      throw RecipeProblem(
        path: ["adaptation"], expected: "only for models of layers", found: model.kindName)
    }
    guard objective.kind == .classification || imbalance == nil else {
      throw RecipeProblem(
        path: ["imbalance"],
        expected: tasks.isEmpty ? "only for a classifier" : "in the section of each task",
        found: model.kindName)
    }
    try checkTasks()
    try checkModel(model.section)
    if let length = model.longestSequence { try checkBatch(of: length) }
    try checkRates()
  }

  private func checkTargetTokenizer() throws(RecipeProblem) {
    var isOwn = false
    if case .translation(let model) = model { isOwn = !model.sharesVocabulary }
    guard isOwn || targetTokenizer == nil else {
      throw RecipeProblem(
        path: ["targetTokenizer"],
        expected: "only for a translator with a vocabulary of its own for what it writes",
        found: model.kindName)
    }
  }

  private func checkTasks() throws(RecipeProblem) {
    guard case .fineTuned(let section) = model else {
      guard tasks.isEmpty else {
        throw RecipeProblem(
          path: ["tasks"], expected: "only for a fine-tuned model", found: model.kindName)
      }
      return
    }
    guard !tasks.isEmpty else {
      throw RecipeProblem(
        path: ["the recipe"], expected: "to have a section tasks", found: "none")
    }
    if section.mixing == .annealed, training.epochs == nil {
      throw RecipeProblem(
        path: ["model", "mixing"], expected: "to come with training.epochs where it is annealed",
        found: "training.steps")
    }
  }

  private func checkFeatures() throws(RecipeProblem) {
    guard case .speech(let model) = model else {
      if features != nil {
        throw RecipeProblem(
          path: ["features"], expected: "only for a model of speech", found: model.kindName)
      }
      if augmentation != nil {
        throw RecipeProblem(
          path: ["augmentation"], expected: "only for a model of speech", found: model.kindName)
      }
      if let seconds = training.secondsPerBatch {
        throw RecipeProblem(
          path: ["training", "secondsPerBatch"], expected: "only for a model of speech",
          found: "\(seconds)")
      }
      return
    }
    guard let features else {
      throw RecipeProblem(
        path: ["the recipe"], expected: "to have a section features", found: "none")
    }
    guard (model.kind == .wav2vec2) == (features.kind == .waveform) else {
      throw RecipeProblem(
        path: ["features", "kind"],
        expected: model.kind == .wav2vec2 ? "to be waveform" : "to be other than waveform",
        found: features.kind.rawValue)
    }
    if let augmentation, let name = augmentation.idle(for: features.kind) {
      throw RecipeProblem(
        path: ["augmentation", name], expected: "only for features that it changes",
        found: features.kind.rawValue)
    }
    if features.kind == .image, augmentation != nil {
      throw RecipeProblem(
        path: ["augmentation"], expected: "only for a model that hears audio", found: "images")
    }
    if features.kind == .image, let seconds = training.secondsPerBatch {
      throw RecipeProblem(
        path: ["training", "secondsPerBatch"], expected: "to be given as sequencesPerBatch",
        found: "\(seconds)")
    }
    if let count = training.tokensPerBatch {
      throw RecipeProblem(
        path: ["training", "tokensPerBatch"],
        expected: "to be given as secondsPerBatch or sequencesPerBatch", found: "\(count)")
    }
  }

  private func checkModel(_ section: some ModelSection) throws(RecipeProblem) {
    // Weights, gradients and two moments in fp32 take 16 bytes a parameter.
    let gigabytes = section.parameterCount(vocabularySize: 2) * 16 / 0x1p30
    guard gigabytes <= 1024 else {
      throw RecipeProblem(
        path: ["model"], expected: "to fit with its optimizer's state into 1024 GiB",
        found: "sizes that need \(Int(min(gigabytes, 1e15))) GiB")
    }
    guard type(of: section).canRecompute || !training.gradientCheckpointing else {
      throw RecipeProblem(
        path: ["training", "gradientCheckpointing"],
        expected: "to be false for a \(section.kindName) model", found: "true")
    }
    if case .recurrent(let model) = model, model.drawsLengths, let budget = training.tokensPerBatch
    {
      throw RecipeProblem(
        path: ["training", "tokensPerBatch"],
        expected: "to be given as sequencesPerBatch where lengths are drawn", found: "\(budget)")
    }
  }

  private func checkBatch(of length: Int) throws(RecipeProblem) {
    let key = type(of: model.section).longestSequenceKey
    if let budget = training.tokensPerBatch, budget < length {
      throw RecipeProblem(
        path: ["training", "tokensPerBatch"],
        expected: "to hold a sequence of \(key) \(length)", found: "\(budget)")
    }
    if let count = training.sequencesPerBatch,
      count.multipliedReportingOverflow(by: length).partialValue > 67_108_864
    {
      throw RecipeProblem(
        path: ["training", "sequencesPerBatch"],
        expected: "to give at most 67108864 tokens with \(key) \(length)",
        found: "\(count)")
    }
  }

  private func checkRates() throws(RecipeProblem) {
    if let steps = training.steps, schedule.warmupSteps >= steps {
      throw RecipeProblem(
        path: ["schedule", "warmupSteps"], expected: "to be less than the run's \(steps) steps",
        found: "\(schedule.warmupSteps)")
    }
    let rates = [("finalRate", schedule.finalRate), ("initialRate", schedule.initialRate ?? 0)]
    for (name, rate) in rates where rate > optimizer.learningRate {
      throw RecipeProblem(
        path: ["schedule", name],
        expected: "to be at most the learningRate \(optimizer.learningRate)", found: "\(rate)")
    }
  }
}
