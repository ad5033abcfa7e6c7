import ApusTensors
import ApusVectors

/// Finds texts that look like an anchor's positive but are not: hard negatives.
///
/// Texts of a corpus are ranked by their cosine with the anchor. The nearest may be right answers that
/// nobody marked, so that the first ranks can be left out, and so can those nearly as near as the
/// positive.
///
/// - Source: Karpukhin et al. 2020, §3.2; Moreira et al. 2024 (NV-Retriever), §3.
public struct NegativeMiner: Sendable {
  public struct Options: Sendable, Hashable {
    /// The ranks that are looked at, from 0 for the nearest text that is not the anchor's own.
    public var ranks = 0..<50
    /// How many negatives an anchor gets at most.
    public var count = 1
    /// By how much the cosine of a negative must be below that of the positive; nil for no bound.
    public var margin: Float? = 0

    public init() {}
  }

  private let embedder: TextEmbedder
  private let corpus: [String]
  private let index: VectorIndex
  private let rows: [String: Int]

  /// Embeds a corpus; of equal texts, the first is kept.
  public init(_ embedder: TextEmbedder, corpus: [String]) {
    self.embedder = embedder
    var rows: [String: Int] = [:]
    var texts: [String] = []
    for text in corpus where rows[text] == nil {
      rows[text] = texts.count
      texts.append(text)
    }
    self.corpus = texts
    self.rows = rows
    index = VectorIndex(
      Tensor(Array(embedder.embed(texts).joined()), [texts.count, embedder.dimension]))
  }

  /// The negatives of each pair, the hardest first; an anchor may get fewer than asked for, or none.
  ///
  /// No positive of an equal anchor, and not the anchor itself, is ever a negative.
  public func negatives(
    of pairs: [(anchor: String, positive: String)], _ options: Options = Options()
  ) -> [[String]] {
    var own: [String: Set<Int>] = [:]
    for (anchor, positive) in pairs {
      own[anchor, default: []].formUnion([rows[anchor], rows[positive]].compactMap(\.self))
    }
    let most = own.values.map(\.count).max() ?? 0
    var negatives: [[String]] = []
    for start in stride(from: 0, to: pairs.count, by: Self.windowLength) {
      let window = pairs[start..<min(start + Self.windowLength, pairs.count)]
      let anchors = embedder.embed(window.map(\.anchor))
      let positives = vectors(of: window.map(\.positive))
      let found = index.nearest(to: anchors, count: options.ranks.upperBound + most)
      for ((pair, near), (anchor, positive)) in zip(
        zip(window, found), zip(anchors, positives))
      {
        let others = near.filter { own[pair.anchor]?.contains($0.row) != true }
        let ranked = others.dropFirst(options.ranks.lowerBound).prefix(options.ranks.count)
        let bound =
          options.margin.map { Self.cosine(anchor, positive) - $0 - Self.rounding } ?? .infinity
        negatives.append(
          ranked.filter { $0.score < bound }.prefix(options.count).map { corpus[$0.row] })
      }
    }
    return negatives
  }

  /// The vectors of texts, which are at hand for those of the corpus.
  private func vectors(of texts: [String]) -> [[Float]] {
    let unknown = Set(texts.filter { rows[$0] == nil }).sorted()
    let embedded = Dictionary(uniqueKeysWithValues: zip(unknown, embedder.embed(unknown)))
    return texts.map { text in
      rows[text].map { index.vectors.rows($0..<$0 + 1).elements() } ?? embedded[text] ?? []
    }
  }

  /// Pairs whose vectors are held together.
  private static let windowLength = 1024

  /// A text of the positive's own vector, such as the same words in capitals, is not below it.
  private static let rounding: Float = 1e-5

  private static func cosine(_ first: [Float], _ second: [Float]) -> Float {
    func dot(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    let lengths = (dot(first, first) * dot(second, second)).squareRoot()
    return lengths > 0 ? dot(first, second) / lengths : 0
  }
}
