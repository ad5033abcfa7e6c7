import ApusModels
import ApusTensors

/// How a language task makes questions of texts: masked tokens, or each from those before it.
enum TokenHiding: Sendable {
  case masked(TokenMasker)
  case causal

  /// What a language task does over an encoder; nil for tasks of other kinds.
  ///
  /// - Throws: `InputError` for a tokenizer without a token to hide others by.
  init?(_ task: TaskRecipe, of model: TaskModel) throws {
    guard task.kind == .language, let tokenizer = model.reader?.tokenizer else { return nil }
    self =
      model.isCausal
      ? .causal
      : .masked(
        TokenMasker(
          vocabulary: try MaskingVocabulary(tokenizer), rate: task.maskingRate, wholeWord: false))
  }

  /// Texts as the model reads them, and what it is to tell.
  struct Result {
    var inputs: [TaskModel.Input] = []
    /// The rows of states that tokens are told from, counted over all texts.
    var positions: [Int32] = []
    var targets: [Int32] = []
  }

  /// Hides tokens of texts, each text by its own key.
  func callAsFunction(_ inputs: [TaskModel.Input], _ keys: [RandomKey]) -> Result {
    var result = Result()
    var start = 0
    for (input, key) in zip(inputs, keys) {
      var passage = input.passages[0]
      switch self {
      case .masked(let masker):
        var random = RandomStream(key)
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
