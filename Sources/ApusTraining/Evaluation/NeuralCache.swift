import ApusTensors
import Glibc

/// A memory of the last words of a text and of the states that they followed.
///
/// A word that followed a state like the present one is the likelier to follow again. The model's
/// probability p of a word and the cache's are mixed: (1 − λ) p + λ p_cache, where p_cache is the
/// softmax of θ times the products of the state with those kept, summed over each word's own.
///
/// - Source: Grave et al. 2017, §3.
public struct NeuralCache: Sendable {
  public struct Options: Sendable, Hashable {
    /// How many of the last words are kept.
    public var size: Int
    /// θ: the larger, the fewer states count.
    public var sharpness: Double
    /// λ: the share of the cache in the mixture.
    public var weight: Double

    /// Grave and others' choice for the Penn Treebank in its order of size.
    public init(size: Int = 500, sharpness: Double = 0.3, weight: Double = 0.1) {
      self.size = size
      self.sharpness = sharpness
      self.weight = weight
    }
  }

  private let options: Options
  /// The states that were kept, [M, C], and the word that followed each.
  private var states: Tensor?
  private var words: [Int32] = []

  public init(_ options: Options) { self.options = options }

  /// The summed −ln of the mixed probabilities of words, which are then kept.
  ///
  /// - Parameters:
  ///   - targets: The words, in their order in the text.
  ///   - states: What each followed, Float32.
  ///   - losses: The model's −ln P of each, in nats.
  /// - Returns: The sum, in nats.
  /// - Shapes: states [N, C], losses [N]
  mutating func nats(of targets: [Int32], after states: Tensor, losses: Tensor) -> Double {
    let known = self.states.map { concatenated([$0, states], axis: 0) } ?? states
    let first = words.count
    words += targets
    let own: [Float] = losses.elements()
    var sum = 0.0
    linear(states, known).withElements(as: Float.self) { products in
      for (row, target) in targets.enumerated() {
        let last = first + row
        let range = max(0, last - options.size)..<last
        let scores = UnsafeBufferPointer(rebasing: products[(row * words.count)...])
        var probability = exp(-Double(own[row]))
        if !range.isEmpty {
          let cached = share(of: target, scores, range)
          probability = (1 - options.weight) * probability + options.weight * cached
        }
        sum -= log(probability)
      }
    }
    keepLast(of: known)
    return sum
  }

  /// The cache's probability of a word, by the products of its state with those in a range.
  private func share(
    of target: Int32, _ scores: UnsafeBufferPointer<Float>, _ range: Range<Int>
  ) -> Double {
    let sharpness = Float(options.sharpness)
    var greatest = -Float.infinity
    for index in range { greatest = max(greatest, sharpness * scores[index]) }
    var (all, own): (Float, Float) = (0, 0)
    for index in range {
      let weight = expf(sharpness * scores[index] - greatest)
      all += weight
      if words[index] == target { own += weight }
    }
    return Double(own / all)
  }

  private mutating func keepLast(of known: Tensor) {
    let count = min(options.size, words.count)
    states = known.rows(words.count - count..<words.count)
    words.removeFirst(words.count - count)
  }
}
