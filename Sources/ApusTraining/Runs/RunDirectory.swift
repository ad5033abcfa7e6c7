import ApusFiles
import Glibc

/// Where the files of a run are.
///
/// The directory is a model directory from the first checkpoint on; `training` holds what resuming
/// needs and may be deleted when a run is done.
public struct RunDirectory: Sendable {
  public let path: String

  public init(_ path: String) { self.path = path }

  public var tokenizer: String { "\(path)/tokenizer.json" }
  /// The weighted terms that a classifier reads.
  var terms: String { "\(path)/terms.json" }
  /// What a recogniser hears of audio.
  var features: String { "\(path)/features.json" }
  public var recipe: String { "\(path)/recipe.yaml" }
  public var metrics: String { "\(path)/metrics.jsonl" }
  public var lossCurve: String { "\(path)/loss.svg" }
  /// A model directory with the weights of the lowest validation loss.
  public var best: String { "\(path)/best" }
  /// The best model, or the last one where nothing was validated.
  public var chosenModel: String { exists(best) ? best : path }
  /// The one that does best on a part of the data.
  public func best(of part: String) -> String { "\(path)/best-\(part)" }
  /// The adapter of the encoder, in PEFT's files, where the run learns one.
  public var adapter: String { "\(path)/adapter" }
  static let trainingName = "training"
  var training: String { "\(path)/\(Self.trainingName)" }
  var checkpoint: String { "\(training)/checkpoint.safetensors" }
  /// What the run learns from.
  var sourcesFile: String { "\(training)/sources.json" }
  /// The step after which the run was finished, and its model written and described.
  var finishedFile: String { "\(training)/finished" }
  /// The token shards made from raw text.
  var data: String { "\(training)/data" }
  /// Those made from text to validate on.
  var validation: String { "\(training)/validation" }

  /// What a frozen encoder makes of the examples of a task: those of its training or validation.
  func features(of task: String, for use: String) -> String {
    "\(training)/features-\(task)-\(use)"
  }

  /// The weights of an earlier checkpoint, kept for averaging.
  func weights(atStep step: Int) -> String { "\(training)/weights-\(step).safetensors" }

  /// Makes the directory and its part for resuming.
  func create() throws {
    try createDirectory(training)
  }

  func removeWeights(atStep step: Int) { unlink(weights(atStep: step)) }

  /// Whether a run, or a member of an ensemble's, has come to a checkpoint here.
  var hasBegun: Bool {
    let members = (try? directoryEntries("\(path)/members")) ?? []
    return exists(checkpoint)
      || members.contains { RunDirectory("\(path)/members/\($0)").hasBegun }
  }

  func exists(_ file: String) -> Bool { access(file, F_OK) == 0 }
}
