import ApusTensors
import ApusText
import ApusTraining
import Foundation

/// Whether this machine can train by a recipe.
public struct RecipeCheckup: Sendable {
  public let estimate: RunEstimate
  /// The precision of the run: what the recipe leaves to the processor, decided.
  public let precision: TrainingRecipe.Precision
  /// The memory of the machine in bytes.
  public let machineBytes = Double(ProcessInfo.processInfo.physicalMemory)
  public private(set) var findings: [Finding] = []

  /// Whether the processor can compute in the precision of the run.
  public var isComputable: Bool { precision != .bf16 || Processor.supportsBFloat16 }

  /// - Parameters:
  ///   - recipe: Of the run.
  ///   - tokenizer: Whose vocabulary the model has; by default as large as the recipe has it.
  public init(of recipe: Recipe, tokenizer: Tokenizer? = nil) {
    precision =
      switch recipe.training.precision {
      case .automatic: Processor.multipliesBFloat16 ? .bf16 : .fp32
      case .fp32: .fp32
      case .bf16: .bf16
      }
    let size = tokenizer?.vocabularySize ?? recipe.expectedVocabularySize
    estimate = RunEstimate(recipe, vocabularySize: size, usesBFloat16: precision == .bf16)
    if let room = recipe.model.vocabularySize, room < size {
      findings.append(
        .failure("expected a tokenizer of at most the model's \(room) tokens, got \(size)"))
    }
    if !isComputable {
      findings.append(.failure("this processor can't compute the recipe's bf16"))
    }
    if estimate.parameters == 0 {
      findings.append(.note("memory and time depend on the pretrained encoder"))
    }
    if estimate.memoryBytes > 0.9 * machineBytes {
      let message =
        "training needs about \(Int(estimate.memoryBytes / 1e9)) GB of memory, "
        + "the machine has \(Int(machineBytes / 1e9)) GB"
      findings.append(
        estimate.parameterBytes > machineBytes ? .failure(message) : .warning(message))
    }
  }
}
