import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText

/// Learning one task or several on one pretrained encoder.
///
/// Tasks that the encoder had learnt before and that the recipe does not name keep their heads as they
/// are. The best model is that of the highest mean of the tasks' first measures.
public struct FineTuningTask: TrainingTask {
  public let config: FineTunedConfig
  public let start: StartingPoint
  /// What made the run, as its model card shows it.
  public var command: String?
  let recipe: Recipe
  private let section: FineTuningRecipe
  private let tokenizer: Tokenizer?
  let parts: [Part]

  /// A task with its data.
  struct Part: Sendable {
    /// The place of the task in the model.
    let index: Int
    let recipe: TaskRecipe
    let training: [TaskExample]
    let validation: [TaskExample]
    /// What teachers say of each training example.
    let teaching: [[Float]]
    /// What is done about classes of unequal size; nil for nothing.
    let balance: TaskBalance?
    /// How a language task hides tokens.
    let hiding: TokenHiding?

    /// Whether the best model is chosen by the task, where there are several.
    var decides: Bool { !validation.isEmpty && recipe.kind != .language }
  }

  /// - Parameters:
  ///   - recipe: What is trained and how; its objective is `tasks`.
  ///   - network: The encoder, perhaps with tasks that it has learnt before.
  ///   - fold: A part of the training data that is not learnt from; nil learns from all.
  ///   - directory: Where the features of a frozen encoder are kept; nil computes them in every pass.
  ///   - report: Told what is being done.
  /// - Throws: `InputError` naming file, row and value of data that can't be used, or a task that
  ///   does not fit the encoder or what it has learnt before.
  public init(
    _ recipe: Recipe, over network: PretrainedNetwork, leavingOut fold: TaskFold? = nil,
    keepingFeaturesIn directory: RunDirectory? = nil, report: (String) -> Void = { _ in }
  ) throws {
    guard case .fineTuned(let section) = recipe.model else {
      throw InputError(expected: "a recipe of tasks", found: recipe.model.kindName)
    }
    self.recipe = recipe
    self.section = section
    tokenizer = network.tokenizer
    let texts = try recipe.tasks.map { try Self.texts(of: $0, leavingOut: fold) }
    var tasks = try zip(recipe.tasks, texts).map { task, texts in
      try task.configuration(TaskLabels(task, of: texts.all), over: network)
    }
    for (task, config) in zip(recipe.tasks, tasks) { try task.requireMeasures(of: config) }
    for known in network.tasks {
      guard let task = tasks.first(where: { $0.name == known.name }) else {
        tasks.append(known)
        continue
      }
      guard task.hasHead(of: known) else {
        throw InputError(
          file: network.directory,
          expected: "task \(task.name) as it was learnt before: \(known.summary)",
          found: task.summary)
      }
    }
    let limit = network.config.contextLength
    var config = FineTunedConfig(
      encoder: network.config, maximumLength: min(section.maximumLength, limit ?? .max),
      tasks: tasks)
    config.isEncoderFrozen = !section.fineTunesEncoder
    config.hasPooler = network.hasPooler
    config.weighsByUncertainty = section.weighing == .uncertainty
    self.config = config
    start = try Self.start(from: network, config, learning: Set(recipe.tasks.map(\.name)))

    let features = try directory.flatMap {
      try FrozenFeatures(recipe, config, network.weights, in: $0, report)
    }
    // How texts are read does not depend on weights, but what an encoder makes of them does.
    let known = features == nil ? [:] : start.values
    let reader = try ParameterStore.loading(from: { known[$0] ?? .zeros($1) }) {
      try FineTunedModel(config, network.tokenizer, in: $0)
    }.model
    parts = try recipe.tasks.indices.map { index in
      let task = recipe.tasks[index]
      let model = reader.tasks[index]
      // What a run is measured by at its end is not to fail there.
      if let test = task.test { _ = try model.examples(TaskTextReader(task).read(test)) }
      func kept(_ examples: [TaskExample], _ use: String) throws -> [TaskExample] {
        try features?.examples(examples, of: model, for: use, report) ?? examples
      }
      let training = try kept(model.trainingExamples(texts[index].training), "training")
      let part = Part(
        index: index, recipe: task,
        training: task.kind == .ranking ? training.filter(\.target.isAnswered) : training,
        validation: try kept(model.examples(texts[index].validation), "validation"),
        teaching: try Self.teaching(
          task, tasks[index], texts[index].training,
          try recipe.training.resolvedPrecision(), report),
        balance: try TaskBalance(
          task, training, classCount: tasks[index].labels.count,
          seed: UInt64(recipe.training.seed)),
        hiding: try TokenHiding(task, of: reader.tasks[index]))
      guard !part.training.isEmpty else {
        throw InputError(
          file: task.data, expected: "queries with a relevant candidate", found: "none")
      }
      report(
        "task \(task.name): \(task.kind.rawValue), \(part.training.count) examples"
          + (part.validation.isEmpty ? "" : ", \(part.validation.count) to validate on"))
      return part
    }
  }

  // MARK: - Making

  /// The texts that are learnt from, those that are measured, and those whose labels a task has.
  private static func texts(
    of task: TaskRecipe, leavingOut fold: TaskFold?
  ) throws -> (training: [TaskText], validation: [TaskText], all: [TaskText]) {
    guard let data = task.data else {
      throw InputError(expected: "tasks.\(task.name).data", found: "none")
    }
    let reader = TaskTextReader(task)
    let all = try reader.read(data)
    let training = fold.map { fold in
      all.filter { task.kind == .language || !fold.holds($0) }
    }
    return (training ?? all, try task.validation.map(reader.read) ?? [], all)
  }

  /// The encoder's weights and those of tasks that it had learnt; what does not learn stays.
  private static func start(
    from network: PretrainedNetwork, _ config: FineTunedConfig, learning names: Set<String>
  ) throws -> StartingPoint {
    let place = FineTunedModel.encoderScope + "."
    var start = StartingPoint(encoder: place)
    for (name, value) in network.weights { start.values[place + name] = value }
    for task in config.tasks where task.kind == .language {
      for (name, value) in try network.maskedTokenHead() {
        start.values["tasks.\(task.name).\(name)"] = value
      }
    }
    for (name, value) in network.taskWeights { start.values[name] = value }
    if config.isEncoderFrozen { start.frozen.append(NamePattern("\(place)*")) }
    start.frozen += config.tasks.filter { !names.contains($0.name) }.map {
      NamePattern("tasks.\($0.name).*")
    }
    return start
  }

  /// The mean of the probabilities that teachers give the classes of each text.
  private static func teaching(
    _ task: TaskRecipe, _ config: TaskConfig, _ texts: [TaskText],
    _ precision: Mode.Precision, _ report: (String) -> Void
  ) throws -> [[Float]] {
    var sums: [[Float]] = []
    for directory in task.teachers {
      report("asking \(directory) about task \(task.name)")
      let teacher = try FineTunedModel.load(directory).model.task(named: task.name)
      guard teacher.config.labels == config.labels else {
        throw InputError(
          file: directory, expected: "a teacher with the labels \(config.labels)",
          found: "\(teacher.config.labels)")
      }
      let examples = try teacher.examples(texts)
      let rows = LengthBatches.results(ofLengths: examples.map(\.length), tokens: 4096) {
        let outputs = teacher.outputs(
          $0.flatMap { examples[$0].inputs }, .evaluation(precision))
        let probabilities = outputs.softmax()
        return (0..<probabilities.rowCount).map { probabilities.rows($0..<$0 + 1).floatElements }
      }
      sums = sums.isEmpty ? rows : zip(sums, rows).map { zip($0, $1).map(+) }
    }
    let count = Float(task.teachers.count)
    return sums.map { $0.map { $0 / count } }
  }

  // MARK: - Training

  public var labels: [String] {
    config.tasks.flatMap { task in task.labels.map { "\(task.name)/\($0)" } }
  }

  public var batchCountOfEpoch: Int? { taskBatches(from: BatchCursor()).batchCountOfEpoch }

  public func model(in scope: Scope) -> FineTunedModel {
    do {
      return try FineTunedModel(config, tokenizer, in: scope)
    } catch {
      preconditionFailure("FineTuningTask: the configuration was checked, got \(error)")
    }
  }

  public func batches(from cursor: BatchCursor) -> TaskBatches { taskBatches(from: cursor) }

  private func taskBatches(from cursor: BatchCursor) -> TaskBatches {
    let seed = UInt64(recipe.training.seed)
    let sources = parts.indices.map { index in
      let part = parts[index]
      return TaskBatches.Source(
        task: index, examples: part.training,
        size: part.recipe.examplesPerBatch.map { .sequences($0) } ?? recipe.training.batchSize,
        sampling: part.balance?.sampling)
    }
    func batches(epochCount: Int?) -> TaskBatches {
      TaskBatches(
        sources,
        TaskMixture(
          mixing: section.mixing, temperature: section.temperature, epochCount: epochCount,
          seed: seed),
        seed: seed, from: cursor)
    }
    // A run of so many steps is annealed over the epochs that they are, begun ones included.
    guard section.mixing == .annealed, let steps = recipe.training.steps else {
      return batches(epochCount: recipe.training.epochs)
    }
    let epoch = batches(epochCount: nil).batchCountOfEpoch
    return batches(epochCount: (steps * recipe.training.accumulation + epoch - 1) / epoch)
  }

  public func loss(
    _ batch: TaskBatch, _ model: FineTunedModel, carrying carried: inout [Tensor],
    _ mode: Mode, of counts: TargetCounts
  ) -> TaskLoss {
    let part = parts[batch.task]
    let sum = model.tasks[part.index].loss(
      batch, part.recipe,
      taughtBy: part.teaching.isEmpty ? nil : batch.numbers.map { part.teaching[$0] },
      balanced: part.balance?.loss, hiding: part.hiding, mode)
    let mean = sum / Float(counts.sequences)
    let share = Float(batch.examples.count) / Float(counts.sequences)
    var total = mean
    if !model.logVariances.isEmpty {
      let logVariance = model.logVariances[part.index].value
      total = ((-logVariance).exp() * mean + logVariance * (share / 2)).sum()
    }
    if let penalty = part.balance?.penalty(on: model.tasks[part.index]) {
      total = total + share * penalty
    }
    return TaskLoss(total: total * Float(part.recipe.weight), tokens: mean)
  }

  public var hasSmoothAnswers: Bool { true }

  public func smoothAnswers(
    to batch: TaskBatch, _ model: FineTunedModel, _ mode: Mode, of counts: TargetCounts
  ) -> SmoothAnswers? {
    let part = parts[batch.task]
    let share = Float(part.recipe.weight) / Float(counts.sequences)
    return model.tasks[part.index].smoothAnswers(to: batch, share: share, mode)
  }

  // MARK: - Measuring

  public func score(
    _ model: FineTunedModel, _ precision: Mode.Precision
  ) throws -> ValidationScore? {
    var metrics: [(name: String, value: Double)] = []
    var qualities: [(name: String, value: Double)] = []
    // What language tasks are for is the others: their perplexities would decide alone.
    let judges = parts.contains { $0.decides } ? parts.filter(\.decides) : parts
    let names = Set(judges.map { $0.recipe.name })
    var loss = 0.0
    for part in parts where !part.validation.isEmpty {
      let task = model.tasks[part.index]
      let score = task.score(on: part.validation, part.recipe, hiding: part.hiding, precision)
      loss += score.loss
      let measured = part.recipe.measured
      for metric in measured {
        metrics.append(("\(task.config.name)/\(metric.rawValue)", score.value(of: metric)))
      }
      let first = score.value(of: measured[0])
      qualities.append((task.config.name, measured[0].isError ? -first : first))
    }
    guard !qualities.isEmpty else { return nil }
    let count = Double(qualities.count)
    var result = ValidationScore(
      loss: loss / count, metrics: metrics,
      // A measure that is not defined, as that of equal answers, is no gain.
      quality: qualities.reduce(0) {
        $0 + (names.contains($1.name) && !$1.value.isNaN ? $1.value : 0)
      } / Double(names.count))
    if qualities.count > 1 { result.parts = qualities }
    return result
  }

  public func save(
    _ model: FineTunedModel, _ weights: [(name: String, value: Tensor)], to path: String
  ) throws {
    try model.save(weights, to: path)
  }
}

extension TaskTarget {
  /// Whether anything is right, so that there is something to learn.
  var isAnswered: Bool {
    switch self {
    case .relevances(let values): values.contains { $0 > 0 }
    case .label(let label): label != nil
    case .tags(let tags): !tags.contains(nil)
    default: true
    }
  }
}

extension TaskConfig {
  /// Whether the head is that of another task, so that its weights can go on learning.
  fileprivate func hasHead(of other: TaskConfig) -> Bool {
    (kind, labels, scheme, pooling) == (other.kind, other.labels, other.scheme, other.pooling)
      && (head, isPair, hasChain) == (other.head, other.isPair, other.hasChain)
  }

  /// What has to agree for weights to go on learning.
  fileprivate var summary: String {
    var words = [kind.rawValue]
    if !labels.isEmpty { words.append("of \(labels.prefix(10).joined(separator: ", "))") }
    if isPair { words.append("of pairs") }
    if kind.poolsStates { words.append("with pooling \(pooling.rawValue)") }
    if head != .linear { words.append("and head \(head.rawValue)") }
    if let scheme { words.append("in \(scheme.rawValue)") }
    if hasChain { words.append("with a CRF") }
    return words.joined(separator: " ")
  }
}
