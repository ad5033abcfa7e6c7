import ApusFiles
import ApusLayers
import ApusTensors
import ApusText

/// One encoder with a head for each of several tasks, which share all that is under the heads.
///
/// Weights of the encoder are under `encoder`, those of a task under `tasks` and its name.
///
/// - Source: Liu et al. 2019, "Multi-Task Deep Neural Networks for Natural Language Understanding".
public struct FineTunedModel: Layer {
  public let config: FineTunedConfig
  /// That of the encoder; nil for an ELMo.
  public let tokenizer: Tokenizer?
  public let tasks: [TaskModel]
  /// The logarithm of each task's variance, by which its loss is weighed; none for fixed weights.
  ///
  /// - Source: Kendall et al. 2018, equation 7.
  public let logVariances: [Parameter]

  /// Where the weights of the encoder are.
  public static let encoderScope = "encoder"

  /// - Throws: `InputError` for a task that the encoder can't have.
  public init(_ config: FineTunedConfig, _ tokenizer: Tokenizer?, in scope: Scope) throws {
    self.config = config
    self.tokenizer = tokenizer
    for task in config.tasks { try config.require(task) }
    let network = config.encoder.network(
      in: scope / Self.encoderScope, hasPooler: config.hasPooler)
    let reader = try tokenizer.map {
      try PassageReader($0, maximumLength: config.maximumLength)
    }
    logVariances =
      config.weighsByUncertainty
      ? config.tasks.map {
        (scope / "tasks" / $0.name).parameter("log_variance", [1], .zeros)
      } : []
    tasks = config.tasks.map { task in
      TaskModel(
        task, over: network, reader, isEncoderFrozen: config.isEncoderFrozen,
        in: scope / "tasks" / task.name)
    }
  }

  /// The task of a name.
  ///
  /// - Throws: `InputError` that lists the names.
  public func task(named name: String) throws(InputError) -> TaskModel {
    guard let task = tasks.first(where: { $0.config.name == name }) else {
      throw InputError(
        expected: "one of the tasks \(config.tasks.map(\.name).joined(separator: ", "))",
        found: name)
    }
    return task
  }
}

extension FineTunedConfig {
  /// Refuses a task that can't stand on the encoder.
  func require(_ task: TaskConfig) throws(InputError) {
    func problem(_ expected: String, _ found: String) -> InputError {
      InputError(expected: "task \(task.name) \(expected)", found: found)
    }
    if task.kind == .language || task.kind == .answers {
      guard case .transformer = encoder else {
        throw problem("over a Transformer, as \(task.kind.rawValue) tasks are", encoder.modelType)
      }
    }
    if task.needsPooler {
      guard case .transformer(.bert(let config)) = encoder, config.family.hasPooler, hasPooler
      else {
        throw problem(
          "with a pooling other than pooler", "an encoder of \(encoder.modelType) without one")
      }
    }
    if task.head == .stochasticAnswers {
      guard task.kind == .classification, task.isPair else {
        throw problem("to classify pairs, as stochastic answers do", task.kind.rawValue)
      }
    }
  }
}
