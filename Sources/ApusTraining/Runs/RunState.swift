import ApusFiles
import Foundation

/// What a run has to remember between two steps beside its tensors.
struct RunState: Codable, Sendable, Equatable {
  /// The optimizer steps done.
  var step = 0
  /// Those of the whole run, as it was last started.
  var stepCount = 0
  /// Where the next batch stands.
  var cursor = BatchCursor()
  var plateau = PlateauState()
  var averageTrigger = AverageTrigger()
  /// The tokens that were read.
  var tokenCount = 0
  /// The validation loss of the best model.
  var bestLoss: Double?
  /// The highest quality of a validation: minus the loss, or what the task goes by.
  var bestQuality: Double?
  /// The highest quality of each part of the data; nil where there are no parts.
  var bestQualities: [String: Double]?
  /// The validations since then.
  var validationsWithoutImprovement = 0
  /// Whether the run ended before its last step, for want of improvement.
  var isStoppedEarly = false
  /// The tensors that one batch leaves for the next.
  var carriedCount = 0
  /// What the outputs of the model stand for; nil in checkpoints that do not say.
  var labels: [String]?
  /// A validation that was made only because the run was to stop there, so that nothing else goes by it.
  var probe: Probe?
  /// The checkpoints whose weights are kept for averaging.
  var keptSteps: [Int] = []

  struct Probe: Codable, Sendable, Equatable {
    var quality, loss: Double
  }

  /// The state as JSON, for the metadata of a checkpoint.
  func encoded() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  init() {}

  init(decoding text: String, file: String) throws {
    do {
      self = try JSONDecoder().decode(RunState.self, from: Data(text.utf8))
    } catch {
      throw InputError(file: file, expected: "the state of a run", found: "\"\(text.prefix(40))\"")
    }
  }
}
