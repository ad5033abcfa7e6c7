import ApusModels
import Yams

/// How tasks share an encoder: what it reads, and whose turn it is.
public struct FineTuningRecipe: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable { case fineTuned = "fine-tuned" }

  /// How often the batches of each task come.
  public enum Mixing: String, CaseIterable, Sendable {
    /// By the size of its data: each example once an epoch (Liu et al. 2019).
    case size
    /// By the size to the power of 1 / temperature.
    case temperature
    /// By the size at first, and nearly alike at the end (Stickland & Murray 2019).
    case annealed
    /// As often as every other.
    case equal
  }

  /// How the losses of tasks are weighed against each other.
  public enum Weighing: String, CaseIterable, Sendable {
    /// By the weights of the tasks.
    case fixed
    /// By how certain each task is, which is learnt (Kendall et al. 2018).
    case uncertainty
  }

  public var kind = Kind.fineTuned
  /// The most tokens of a text or pair, special ones included.
  public var maximumLength = 128
  /// Whether the encoder learns too, or the heads alone.
  public var fineTunesEncoder = true
  public var mixing = Mixing.size
  /// What flattens the sizes of tasks: 1 leaves them, infinity makes them alike.
  public var temperature = 2.0
  public var weighing = Weighing.fixed

  public init() {}
}

extension FineTuningRecipe: RecipeSection {
  static let fields: [RecipeField<FineTuningRecipe>] = [
    .choice("kind", \.kind),
    .integer("maximumLength", \.maximumLength, 1...1_048_576),
    .flag("fineTunesEncoder", \.fineTunesEncoder),
    .choice("mixing", \.mixing),
    .number("temperature", \.temperature, 1...1e6).when { $0.mixing == .temperature },
    .choice("weighing", \.weighing),
  ]
}

extension FineTuningRecipe: EncoderSection {
  static var kinds: [String] { Kind.allCases.map(\.rawValue) }
  static var longestSequenceKey: String { "maximumLength" }
  static var canRecompute: Bool { true }

  var kindName: String { kind.rawValue }
  var objective: ObjectiveRecipe.Kind { .tasks }
  /// A batch may be shorter than the longest text, which then stands alone.
  var longestSequence: Int? { nil }
}

/// What a file of tasks need not say.
struct FineTuningStandard {
  let model = ModelRecipe.fineTuned(FineTuningRecipe())
  let objective = ObjectiveRecipe(kind: .tasks)
  let schedule = ScheduleRecipe(kind: .linear)

  var optimizer: OptimizerRecipe { OptimizerRecipe(kind: .adamw, learningRate: 5e-5) }

  var training: TrainingRecipe {
    var training = TrainingRecipe(steps: 1, sequencesPerBatch: 32)
    (training.steps, training.epochs) = (nil, 3)
    training.clipNorm = 1
    return training
  }

  /// Adds to the sections of a file of tasks what each has to say and does not, unless it is of another
  /// kind: the first key where none of several is given.
  ///
  /// What a section may leave out everywhere, such as `training.clipNorm`, means what it does everywhere.
  func complete(_ sections: inout Node.Mapping) {
    let needs: [(name: String, standard: Node, keys: [[String]])] = [
      ("model", model.node, [["kind"]]), ("objective", objective.node, [["kind"]]),
      ("optimizer", optimizer.node, [["kind"], ["learningRate"]]),
      ("schedule", schedule.node, [["kind"]]),
      (
        "training", training.node,
        [["epochs", "steps"], ["sequencesPerBatch", "tokensPerBatch", "secondsPerBatch"]]
      ),
    ]
    for (name, standard, keys) in needs {
      guard case .mapping(var section)? = sections[name],
        section["kind"].map({ $0.scalar?.string == standard["kind"]?.scalar?.string }) ?? true
      else { continue }
      for names in keys where !names.contains(where: { section[$0] != nil }) {
        section[Node(names[0])] = standard[names[0]]
      }
      sections[Node(name)] = .mapping(section)
    }
  }
}
