import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors

/// What a run trains: its data, the model built on them, the loss and the measure.
///
/// A task is immutable; what changes during a run (weights, optimizer, place in the data) belongs to
/// `TrainingRun`.
public protocol TrainingTask {
  associatedtype Model: Sendable
  associatedtype Batches: TrainingBatches

  /// The batches after which all examples were seen once; nil where that is not known.
  ///
  /// - Throws: `InputError` for data that make no batch.
  var batchCountOfEpoch: Int? { get throws }

  /// Builds the model; its parameters are made in the scope.
  func model(in scope: Scope) -> Model

  /// What a new run starts from beside what is drawn, and what every run leaves as it is; nothing
  /// unless a task says otherwise.
  var start: StartingPoint { get }

  /// What the model's outputs stand for, in their order, as the data have it: a run goes on with the
  /// same alone. Nothing unless a task says otherwise.
  var labels: [String] { get }

  /// Brings weights back within bounds after a step; a task without bounds leaves them.
  func bound(_ model: Model)

  /// Batches without end, from a place in their order on.
  ///
  /// - Throws: `InputError` for data that make no batch.
  func batches(from cursor: BatchCursor) throws -> Batches

  /// The loss of a part of a step, as its share of the mean over the whole step.
  ///
  /// - Parameters:
  ///   - batch: The part.
  ///   - model: As it is before the step.
  ///   - carried: What the batch before left for this one, to be replaced by what this one leaves:
  ///     the states of a recurrent model in a stream. Empty at the start of a run, and for tasks
  ///     whose batches don't hang together. No gradient flows through it.
  ///   - mode: How the model runs.
  ///   - counts: The targets of the whole step.
  /// - Returns: What gradients are asked of.
  func loss(
    _ batch: Batches.Batch, _ model: Model, carrying carried: inout [Tensor], _ mode: Mode,
    of counts: TargetCounts
  ) -> TaskLoss

  /// Whether the model's answers can be compared, as `adaptation.smoothness` does; not unless a task
  /// says otherwise.
  var hasSmoothAnswers: Bool { get }

  /// What the model says of a part of a step, weighed by its share of the whole step; nil for a part
  /// of which it says nothing that could be compared.
  func smoothAnswers(
    to batch: Batches.Batch, _ model: Model, _ mode: Mode, of counts: TargetCounts
  ) -> SmoothAnswers?

  /// Measures a model on the validation data; nil if there are none.
  func score(_ model: Model, _ precision: Mode.Precision) throws -> ValidationScore?

  /// Writes a model directory with the given weights, under the names of their parts.
  ///
  /// - Throws: `FileError` if a file can't be written.
  func save(
    _ model: Model, _ weights: [(name: String, value: Tensor)], to path: String) throws

  /// What is done with the model of a directory once the run is over; nothing unless a task says
  /// otherwise.
  ///
  /// Done again, it gives the same.
  ///
  /// - Returns: What was done, in a line; nil for nothing.
  /// - Throws: `FileError` if a file can't be read or written.
  func finish(_ path: String, _ precision: Mode.Precision) throws -> String?
}

extension TrainingTask {
  public var start: StartingPoint { StartingPoint() }

  public var labels: [String] { [] }

  public func bound(_ model: Model) {}

  public var hasSmoothAnswers: Bool { false }

  public func smoothAnswers(
    to batch: Batches.Batch, _ model: Model, _ mode: Mode, of counts: TargetCounts
  ) -> SmoothAnswers? { nil }

  public func finish(_ path: String, _ precision: Mode.Precision) throws -> String? { nil }
}

/// Batches that are a function of data, seed and cursor alone.
public protocol TrainingBatches<Batch> {
  associatedtype Batch: TrainingBatch

  /// Where the next batch stands; batches made from it anew are the same.
  var cursor: BatchCursor { get }

  /// Makes the next batch; nil behind the last one of an order that ends.
  ///
  /// - Throws: `InputError` for data that can't be used.
  mutating func next() throws(InputError) -> Batch?
}

/// A part of a step: what goes through the model together.
public protocol TrainingBatch {
  /// The elements that are read.
  var tokenCount: Int { get }
  var targetCounts: TargetCounts { get }
  /// What the learning rate of a step is multiplied by; 1 but for batches of random length.
  var rateScale: Double { get }
}

extension TrainingBatch {
  public var rateScale: Double { 1 }
}

/// The targets of a batch or a step, by which sums of losses are divided.
public struct TargetCounts: Hashable, Sendable {
  /// What is predicted for single elements.
  public var tokens: Int
  /// What is predicted for whole sequences.
  public var sequences: Int

  public init(tokens: Int = 0, sequences: Int = 0) {
    self.tokens = tokens
    self.sequences = sequences
  }

  public static func += (a: inout Self, b: Self) {
    a.tokens += b.tokens
    a.sequences += b.sequences
  }
}

/// The loss of a part of a step: its share of the means over the whole step.
public struct TaskLoss {
  /// What is minimised, a scalar.
  public let total: Tensor
  /// The part of the predicted elements alone, in nats.
  public let tokens: Tensor

  /// A loss whose `tokens` are all of it, if they are left out.
  public init(total: Tensor, tokens: Tensor? = nil) {
    self.total = total
    self.tokens = tokens ?? total
  }
}

/// How good a model is on validation data.
public struct ValidationScore: Sendable {
  /// The mean loss of the predicted elements, in nats.
  public var loss: Double
  /// The task's own measures, as they are logged.
  public var metrics: [(name: String, value: Double)]
  /// What the best model is chosen by; higher is better.
  public var quality: Double
  /// What the best model of each part of the data is chosen by, where there are several.
  public var parts: [(name: String, value: Double)] = []

  /// A score whose model is chosen by one of the measures, or by the loss if that is nil.
  public init(
    loss: Double, metrics: [(name: String, value: Double)] = [], quality: Double? = nil
  ) {
    self.loss = loss
    self.metrics = metrics
    self.quality = quality ?? -loss
  }
}
