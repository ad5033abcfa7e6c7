import ApusLayers
import ApusTensors

extension WordTagger {
  /// What the words of a sentence have to do with the score of a word's tag, without those of
  /// neighbouring tags.
  ///
  /// - Parameters:
  ///   - sentence: A sentence of at least one word.
  ///   - tag: The number of the tag.
  ///   - word: The number of the word.
  ///   - stepCount: As that of `integratedGradients`.
  /// - Returns: A score for each word.
  public func attribution(
    of sentence: SpelledSentence, to tag: Int, atWord word: Int, stepCount: Int = 64
  ) -> Attribution {
    precondition(
      0..<sentence.count ~= word, "WordTagger.attribution: expected a word, got \(word)")
    let mode = Mode.evaluation()
    let entry = withoutGradients { EncoderEntry([sentence], into: encoder, mode) }
    return entry.attribution(stepCount: stepCount) { states, count in
      head.emissions(states, mode).values
        .gathered((0..<count).map { Int32($0 * sentence.count + word) }).column(tag)
    }
  }
}
