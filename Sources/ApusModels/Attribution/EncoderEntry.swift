import ApusLayers
import ApusTensors

/// How texts enter an encoder, as they are and with nothing known of them.
struct EncoderEntry {
  let parts: [Sequences]
  let blanks: [BlankPart]
  /// The tokens or words that scores are for.
  let elementCount: Int
  /// What the encoder makes of the parts, of the same texts a number of times.
  let states: (_ parts: [Sequences], _ count: Int) -> Sequences

  /// The entry of tokens, each of which has a score.
  init(
    _ ids: Sequences, segments: Tensor, into encoder: any TokenEncoder, _ tokens: BlankTokens,
    _ mode: Mode
  ) {
    parts = [encoder.embedded(ids, segments: segments, mode)]
    elementCount = ids.elementCount
    let blank = encoder.blank(ids, segments: segments, tokens, mode)
    blanks = [BlankPart(rows: blank.values, owners: Array(0..<ids.elementCount))]
    states = { parts, _ in encoder.states(embedded: parts[0], mode) }
  }

  /// The entry of sentences, each word of which has a score.
  init(_ sentences: [SpelledSentence], into encoder: any WordEncoder, _ mode: Mode) {
    parts = encoder.embedded(sentences, mode)
    elementCount = sentences.reduce(0) { $0 + $1.count }
    blanks = encoder.blanks(sentences, mode)
    states = { parts, count in
      let all = (0..<count).flatMap { _ in sentences }
      return encoder.states(embedded: parts, of: all, mode)
    }
  }

  /// What tokens or words have to do with an output of the states.
  ///
  /// - Parameters:
  ///   - stepCount: As that of `integratedGradients`.
  ///   - output: A function of the states of the same texts a number of times: [N, C], count → [count].
  /// - Returns: A score for each element.
  func attribution(
    stepCount: Int, _ output: (_ states: Sequences, _ count: Int) -> Tensor
  ) -> Attribution {
    integratedGradients(
      of: parts.map(\.values), from: blanks.map(\.rows), stepCount: stepCount
    ) { points in
      let count = points[0].count
      // Texts that are read apart are one sequence of points.
      let parts = zip(points, parts).map { points, part in
        Sequences(points.values, lengths: (0..<count).flatMap { _ in part.lengths })
      }
      return output(states(parts, count), count)
    }.summed(over: blanks.flatMap(\.owners), count: elementCount)
  }
}

extension Tensor {
  /// Zeros in some rows of a [N, C].
  func clearingRows(where isCleared: (Int) -> Bool) -> Tensor {
    self * Tensor((0..<rowCount).map { isCleared($0) ? Float(0) : 1 }).reshaped([rowCount, 1])
  }

  /// One column of a [N, C] as [N].
  func column(_ number: Int) -> Tensor {
    columns(number..<number + 1).reshaped([rowCount])
  }
}
