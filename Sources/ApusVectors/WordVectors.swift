import ApusFiles
import ApusTensors
import ApusText

/// A vector of each word of a vocabulary: what skip-gram, CBOW, fastText and GloVe learn.
///
/// ```swift
/// let vectors = try WordVectors(contentsOf: "glove.6B.100d.txt")
/// print(try vectors.neighbours(of: "swift", count: 5))
/// print(try vectors.analogy("man", "king", "woman", count: 1))
/// ```
///
/// - Shapes: vectors [V, C]
public struct WordVectors: Sendable {
  public let vocabulary: Vocabulary
  /// A row a word, [V, C], Float32.
  public let vectors: Tensor
  /// How often each word came in the text that was learnt from; nil where a file does not say.
  public let counts: [Int]?
  /// What vectors of further words are made of.
  public let subwords: Subwords?
  /// The length of each vector.
  let lengths: [Float]

  /// - Parameters:
  ///   - vocabulary: The words; their ids are the rows.
  ///   - vectors: [V, C].
  ///   - counts: How often each word came.
  ///   - subwords: What vectors of further words are made of.
  public init(
    _ vocabulary: Vocabulary, _ vectors: Tensor, counts: [Int]? = nil, subwords: Subwords? = nil
  ) {
    precondition(
      vectors.rank == 2 && vectors.shape[0] == vocabulary.count,
      "WordVectors: expected \(vocabulary.count) rows, got \(vectors.shape)")
    precondition(counts.map { $0.count == vocabulary.count } ?? true, "WordVectors: counts")
    self.vocabulary = vocabulary
    self.vectors = vectors
    self.counts = counts
    self.subwords = subwords
    lengths = Self.lengths(of: vectors)
  }

  /// The number of words.
  public var count: Int { vocabulary.count }
  /// The number of values of a vector.
  public var dimension: Int { vectors.columnCount }

  /// The vector of a word; of one that is not in the vocabulary, the mean of its subwords' vectors.
  ///
  /// - Returns: Nil for a word without either.
  public func vector(of word: String) -> [Float]? {
    if let id = vocabulary.id(of: word) {
      return vectors.rows(Int(id)..<Int(id) + 1).elements()
    }
    return subwords?.vector(of: word)
  }

  /// The vector of a word or, where the vocabulary has it only in lower case, with an initial capital or
  /// all in capitals, of the first of these; of one that is in the vocabulary in no way, the mean of its
  /// subwords' vectors.
  ///
  /// - Returns: Nil for a word without any.
  public func vectorInAnyCase(of word: String) -> [Float]? {
    let lower = word.lowercased()
    let spellings = [
      word, lower, lower.prefix(1).uppercased() + lower.dropFirst(), word.uppercased(),
    ]
    return vector(of: spellings.first { vocabulary.id(of: $0) != nil } ?? word)
  }

  /// The cosine of two words' vectors, 0 where one is all zeros; nil if one has none.
  public func similarity(_ a: String, _ b: String) -> Float? {
    guard let a = vector(of: a), let b = vector(of: b) else { return nil }
    func dot(_ x: [Float], _ y: [Float]) -> Float { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }
    let lengths = (dot(a, a) * dot(b, b)).squareRoot()
    return lengths > 0 ? dot(a, b) / lengths : 0
  }

  /// Some rows at a time, so that no second table is made.
  private static func lengths(of vectors: Tensor) -> [Float] {
    let (count, step) = (vectors.shape[0], 1 << 14)
    return stride(from: 0, to: count, by: step).flatMap { start -> [Float] in
      let rows = vectors.rows(start..<min(count, start + step))
      return rows.square().sum(axis: -1).squareRoot().elements()
    }
  }
}
