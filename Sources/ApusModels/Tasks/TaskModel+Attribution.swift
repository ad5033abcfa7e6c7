import ApusFiles
import ApusLayers
import ApusTensors

extension TaskModel {
  /// What the tokens of a text or pair, or the words of a sentence, have to do with an output.
  ///
  /// Evidence is taken away as the encoder has it: a Transformer sees the tokenizer's mask, or else its
  /// unknown token, or else its last one; others see vectors of zeros. Special tokens stay, and have the
  /// score 0.
  ///
  /// - Parameters:
  ///   - input: A text, pair or sentence of this model; that of one candidate, of those to choose from.
  ///   - number: That of the output: of a class, label or tag, or 0 for a score.
  ///   - word: Whose tag is asked about, of a sentence; its score is that without neighbouring tags. Nil
  ///     for other tasks.
  ///   - stepCount: As that of `integratedGradients`.
  /// - Returns: A score for each token, or for each word over an encoder of words; those of the second
  ///   text behind those of the first.
  /// - Throws: `InputError` for a task of answers or language.
  public func attribution(
    of input: Input, to number: Int = 0, atWord word: Int? = nil, stepCount: Int = 64
  ) throws(InputError) -> Attribution {
    guard config.kind != .answers, config.kind != .language else {
      throw InputError(
        expected: "a task of classes, scores or tags for attribution", found: config.kind.rawValue)
    }
    precondition(
      (config.kind == .tagging) == (word != nil) && word ?? 0 < input.count,
      "TaskModel.attribution: expected a word of the sentence for tags alone, got \(word ?? -1)")
    let mode = Mode.evaluation()
    let entry = withoutGradients { self.entry(of: input, mode) }
    return entry.attribution(stepCount: stepCount) { states, count in
      let outputs =
        word.map { word in
          tagging.emissions(states, mode).values
            .gathered((0..<count).map { Int32($0 * input.count + word) })
        } ?? outputs(Array(repeating: input, count: count), of: states, mode)
      return outputs.column(number)
    }
  }

  private func entry(of input: Input, _ mode: Mode) -> EncoderEntry {
    switch encoder {
    case .words(let words):
      return EncoderEntry(input.passages.compactMap(\.sentence), into: words, mode)
    case .tokens(let tokens):
      guard let reader else { preconditionFailure("TaskModel: expected a reader of tokens") }
      return EncoderEntry(
        Sequences(ids: input.passages.map(\.ids)),
        segments: Tensor(input.passages.flatMap(\.segments)), into: tokens,
        BlankTokens(reader.tokenizer, isPair: reader.joinsPairs), mode)
    }
  }
}
