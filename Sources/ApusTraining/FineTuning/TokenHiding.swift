import ApusModels
import ApusTensors

/// How a language task makes questions of texts: masked tokens, or each from those before it.
enum TokenHiding: Sendable {
  case masked(TokenMasker)
  case causal

  /// Texts as the model reads them, and what it is to tell.
  struct Result {
    var inputs: [TaskModel.Input] = []
    /// The rows of states that tokens are told from, counted over all texts.
    var positions: [Int32] = []
    var targets: [Int32] = []
  }

  /// Hides tokens of texts, each text by its own part of the key.
  func callAsFunction(_ inputs: [TaskModel.Input], _ key: RandomKey) -> Result {
    var result = Result()
    var start = 0
    for (index, input) in inputs.enumerated() {
      var passage = input.passages[0]
      switch self {
      case .masked(let masker):
        var random = RandomStream(key.split(index))
        var places: [Int] = []
        masker.mask(
          &passage.ids, from: 0, &random, positions: &places, labels: &result.targets)
        result.positions += places.map { Int32(start + $0) }
      case .causal:
        result.positions += (0..<max(0, passage.ids.count - 1)).map { Int32(start + $0) }
        result.targets += passage.ids.dropFirst()
      }
      start += passage.ids.count
      result.inputs.append(TaskModel.Input([passage]))
    }
    return result
  }
}
