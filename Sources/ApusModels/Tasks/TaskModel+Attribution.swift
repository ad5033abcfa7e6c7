import ApusFiles
import ApusLayers
import ApusTensors
import ApusText

extension TaskModel {
  /// What the tokens of a text or pair have to do with an output.
  ///
  /// Evidence is taken away by what the tokenizer has for no word: its mask, or else its unknown
  /// token, or else its last one; special tokens stay, and have the score 0.
  ///
  /// - Parameters:
  ///   - input: A text or pair of this model.
  ///   - number: That of the output: of a class or label, or 0 for a score.
  ///   - stepCount: As that of `integratedGradients`.
  /// - Returns: A score for each token, those of the second text behind those of the first.
  /// - Throws: `InputError` for a task or an encoder whose outputs are not traced to tokens.
  public func attribution(
    of input: Input, to number: Int = 0, stepCount: Int = 64
  ) throws(InputError) -> Attribution {
    guard config.kind.poolsStates, config.kind != .ranking, config.kind != .choice else {
      throw InputError(
        expected: "a task about one text or pair for attribution", found: config.kind.rawValue)
    }
    guard case .tokens(let tokens) = encoder, let tokens = tokens as? TransformerTokenEncoder,
      let reader
    else {
      throw InputError(expected: "a Transformer under the task for attribution", found: "another")
    }
    let (encoder, mode) = (tokens.encoder, Mode.evaluation())
    let lengths = input.passages.map(\.ids.count)
    func embedded(_ ids: [[Int32]]) -> Tensor {
      withoutGradients {
        encoder.embedded(
          Sequences(ids: ids), segments: Tensor(input.passages.flatMap(\.segments)), mode
        ).values
      }
    }
    let ids = input.passages.map(\.ids)
    let chosen = Tensor((0..<config.outputCount).map { $0 == number ? Float(1) : 0 })
    return integratedGradients(
      of: embedded(ids), from: embedded(ids.map(reader.withoutEvidence)), stepCount: stepCount
    ) { points in
      // The two texts of a pair that are read apart are one sequence of points.
      let passages = Sequences(
        points.values, lengths: points.lengths.flatMap { _ in lengths })
      let inputs = Array(repeating: input, count: points.count)
      return (outputs(inputs, of: encoder.stack(passages, mode), mode) * chosen).sum(axis: 1)
    }
  }
}

extension PassageReader {
  /// As many tokens with all that are not special made to say nothing.
  fileprivate func withoutEvidence(_ ids: [Int32]) -> [Int32] {
    let names = ["[MASK]", "<mask>"]
    let nothing =
      names.lazy.compactMap(tokenizer.id).first ?? tokenizer.unknownID
      ?? Int32(tokenizer.vocabularySize - 1)
    // What surrounds texts, and nothing else, is left of empty ones.
    let special = Set(tokenizer.encode("", joinsPairs ? "" : nil).ids)
    return ids.map { special.contains($0) ? $0 : nothing }
  }
}
