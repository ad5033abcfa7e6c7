import ApusTensors
import Glibc

/// Joins what a decoder writes and what it copies into one distribution.
///
/// - Source: See et al. 2017, §2.2: the vocabulary grows by the words that the sources alone have.
struct SourceCopier: Sendable {
  /// What each token of each source is as a target.
  private let copies: [[Int32]]
  private let vocabularySize: Int
  /// The target's vocabulary and as many tokens behind it as the sources of the batch have.
  let width: Int

  init(_ copies: [[Int32]], vocabularySize: Int) {
    self.copies = copies
    self.vocabularySize = vocabularySize
    width = max(vocabularySize, Int((copies.lazy.compactMap { $0.max() }.max() ?? 0) + 1))
  }

  /// The logarithms of the probabilities of all tokens.
  ///
  /// - Parameters:
  ///   - logits: What the decoder would write.
  ///   - gates: The logarithm of the odds that it does.
  ///   - weights: Of the tokens of its source for each row, one row after the other.
  ///   - sources: The source of each row.
  /// - Returns: A row for each of the logits'.
  /// - Shapes: logits [N, V], gates [N] → [N, width]
  func logProbabilities(
    _ logits: Tensor, gates: Tensor, weights: Tensor, sources: [Int]
  ) -> Tensor {
    var result = Tensor.filled(-.infinity, [logits.rowCount, width])
    result.mutate(as: Float.self) { result in
      logits.logSoftmax().withElements(as: Float.self) { written in
        gates.withElements(as: Float.self) { gates in
          weights.withElements(as: Float.self) { weights in
            var start = 0
            for (row, source) in sources.enumerated() {
              // ln of the share that is written, and of that which is copied.
              let (share, rest) = (-softplus(-gates[row]), -softplus(gates[row]))
              for token in 0..<vocabularySize {
                result[row * width + token] = written[row * vocabularySize + token] + share
              }
              for (place, token) in copies[source].enumerated() {
                let copied = rest + logf(weights[start + place])
                let index = row * width + Int(token)
                result[index] = logSum(result[index], copied)
              }
              start += copies[source].count
            }
          }
        }
      }
    }
    return result
  }
}

private func softplus(_ x: Float) -> Float { max(x, 0) + log1pf(expf(-abs(x))) }

/// The logarithm of eˣ + eʸ.
private func logSum(_ x: Float, _ y: Float) -> Float {
  let greatest = max(x, y)
  return greatest == -.infinity ? greatest : greatest + log1pf(expf(min(x, y) - greatest))
}
