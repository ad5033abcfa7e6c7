import ApusFiles
import ApusTensors

extension WordVectors {
  /// A word and how near it is to what was asked for.
  public struct Neighbour: Sendable, Equatable {
    public var word: String
    /// A cosine, or for analogies a sum or product of some.
    public var similarity: Float

    public init(word: String, similarity: Float) {
      (self.word, self.similarity) = (word, similarity)
    }
  }

  /// How an analogy weighs its three cosines.
  public enum AnalogyRule: String, Sendable, CaseIterable {
    /// cos(x, b) − cos(x, a) + cos(x, c): Mikolov et al. 2013.
    case sum
    /// cos(x, b) cos(x, c) / cos(x, a), of cosines shifted to 0…1: Levy & Goldberg 2014.
    case product
  }

  /// The words whose vectors have the greatest cosine with that of a word.
  ///
  /// - Throws: `InputError` for a word without a vector.
  public func neighbours(of word: String, count: Int = 10) throws -> [Neighbour] {
    nearest(to: try requireVector(of: word), count: count, besides: [word])
  }

  /// The words whose vectors have the greatest cosine with a vector.
  ///
  /// - Parameters:
  ///   - vector: Of `dimension` values.
  ///   - count: How many words.
  ///   - others: Words that do not count.
  /// - Returns: The nearest first.
  public func nearest(
    to vector: [Float], count: Int, besides others: [String] = []
  ) -> [Neighbour] {
    precondition(
      vector.count == dimension, "nearest: expected \(dimension) values, got \(vector.count)")
    return best(cosines(with: [vector])[0], count: count, besides: others)
  }

  /// What is to `c` as `b` is to `a`.
  ///
  /// - Returns: The best words, the three given ones left out.
  /// - Throws: `InputError` for a word without a vector.
  public func analogy(
    _ a: String, _ b: String, _ c: String, rule: AnalogyRule = .sum, count: Int = 10
  ) throws -> [Neighbour] {
    let vectors = try [a, b, c].map(requireVector)
    let cosines = cosines(with: vectors)
    let scores = (0..<self.count).map { id in
      let (a, b, c) = (cosines[0][id], cosines[1][id], cosines[2][id])
      switch rule {
      case .sum: return b - a + c
      // The small number keeps from dividing by zero.
      case .product: return (1 + b) / 2 * ((1 + c) / 2) / ((1 + a) / 2 + 1e-6)
      }
    }
    return best(scores, count: count, besides: [a, b, c])
  }

  private func requireVector(of word: String) throws -> [Float] {
    guard let vector = vector(of: word) else {
      throw InputError(
        expected: "a word of the vocabulary of \(count)", found: "\"\(word.prefix(80))\"")
    }
    return vector
  }

  /// The cosine of each query with each word; 0 with vectors of zeros.
  private func cosines(with queries: [[Float]]) -> [[Float]] {
    let units = queries.map { query -> [Float] in
      let length = query.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return query.map { length > 0 ? $0 / length : 0 }
    }
    let products: [Float] =
      withoutGradients {
        linear(Tensor(Array(units.joined()), [units.count, dimension]), vectors)
      }.elements()
    return units.indices.map { query in
      lengths.indices.map { word in
        lengths[word] > 0 ? products[query * count + word] / lengths[word] : 0
      }
    }
  }

  /// The words of the greatest scores, of equal ones the earlier.
  private func best(_ scores: [Float], count: Int, besides others: [String]) -> [Neighbour] {
    let excluded = Set(others.compactMap(vocabulary.id))
    let count = max(0, min(count, scores.count))
    var kept: [(score: Float, id: Int)] = []
    func keepTheBest() {
      kept.sort { ($1.score, $0.id) < ($0.score, $1.id) }
      kept.removeLast(max(0, kept.count - count))
    }
    // Sorted whenever there are twice as many as wanted, which drops half: n words cost n log(count).
    var least = -Float.infinity
    for (id, score) in scores.enumerated() where score > least && !excluded.contains(Int32(id)) {
      kept.append((score, id))
      guard kept.count >= 2 * count else { continue }
      keepTheBest()
      least = kept.last?.score ?? .infinity
    }
    keepTheBest()
    return kept.map {
      Neighbour(word: vocabulary.token(of: Int32($0.id)) ?? "", similarity: $0.score)
    }
  }
}
