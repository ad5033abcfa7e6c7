import ApusFiles
import ApusTensors
import ApusText
import ApusVectors

/// Whether vectors of a word's occurrences tell its senses apart.
///
/// A static vector is the same in every sentence, so that all cosines are 1; the state of a contextual
/// model at the word is drawn to what stands around it.
public struct SenseComparison: Sendable {
  /// How alike occurrences are by one kind of vectors.
  public struct Result: Sendable {
    /// What made the vectors.
    public var name: String
    /// The mean cosine of two occurrences in one sense, and in two.
    public var within, between: Double
    /// The share of the occurrences whose nearest other one has the same sense; those at equal distances
    /// count by their share.
    public var accuracy: Double
    /// The occurrences in the plane of their two main directions.
    public var places: [SIMD2<Double>]
  }

  public let word: String
  public let examples: [SenseExample]
  public let results: [Result]

  /// Compares the occurrences of a word, the first in each sentence.
  ///
  /// - Parameters:
  ///   - word: In any case.
  ///   - examples: Sentences with the word, of at least two senses.
  ///   - vectors: Static vectors with a name, or nil.
  ///   - embedder: A contextual model, and its name.
  /// - Throws: `InputError` naming the sentence without the word, or for a word without a static vector.
  public init(
    of word: String, in examples: [SenseExample], vectors: (name: String, WordVectors)?,
    embedder: (name: String, TextEmbedder)
  ) throws {
    self.word = word
    self.examples = examples
    var results: [Result] = []
    if let (name, vectors) = vectors {
      guard let vector = vectors.vectorInAnyCase(of: word) else {
        throw InputError(file: name, expected: "a vector of \"\(word)\"", found: "none")
      }
      results.append(
        Self.result(name, examples, Array(repeating: vector, count: examples.count)))
    }
    let states = try embedder.1.states(of: word, in: examples.map(\.sentence))
    results.append(Self.result(embedder.name, examples, states))
    self.results = results
  }

  static func result(
    _ name: String, _ examples: [SenseExample], _ vectors: [[Float]]
  ) -> Result {
    let units = vectors.map { vector -> [Double] in
      let length = vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      return vector.map { length > 0 ? Double($0) / length : 0 }
    }
    let cosines = units.map { a in
      units.map { b in zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    }
    var (within, between) = (Mean(), Mean())
    var accuracy = Mean()
    for (row, example) in examples.enumerated() {
      let others = examples.indices.filter { $0 != row }
      for other in others where other > row {
        if examples[other].sense == example.sense {
          within.add(cosines[row][other])
        } else {
          between.add(cosines[row][other])
        }
      }
      let best = others.map { cosines[row][$0] }.max() ?? 0
      // Cosines of equal vectors differ by rounding.
      let nearest = others.filter { cosines[row][$0] > best - 1e-9 }
      let same = nearest.count { examples[$0].sense == example.sense }
      accuracy.add(Double(same) / Double(max(1, nearest.count)))
    }
    return Result(
      name: name, within: within.value, between: between.value, accuracy: accuracy.value,
      places: principalPlaces(of: units))
  }

  private struct Mean {
    private var sum = 0.0
    private var count = 0

    var value: Double { count > 0 ? sum / Double(count) : .nan }

    mutating func add(_ value: Double) {
      sum += value
      count += 1
    }
  }
}

extension TextEmbedder {
  /// The mean state of the tokens of a word's first occurrence in each text.
  ///
  /// - Throws: `InputError` with the number of a text that lacks the word, or of which the maximum length
  ///   leaves none of the word's tokens.
  func states(of word: String, in texts: [String]) throws -> [[Float]] {
    try zip(embedTokens(texts), texts).enumerated().map { index, embedded in
      let (tokens, text) = embedded
      let prepared = prepared(text)
      guard let place = prepared.range(ofWord: word) else {
        throw InputError(
          row: index + 1, expected: "a sentence with the word \"\(word)\"",
          found: "\"\(text.prefix(60))\"")
      }
      let kept = try tokenizer.windows(of: prepared, limit: limit)[0]
      let rows = kept.ids.indices.filter {
        !kept.specialTokensMask[$0] && kept.offsets[$0].overlaps(place)
      }
      guard !rows.isEmpty else {
        throw InputError(
          row: index + 1,
          expected: "the word \"\(word)\" in what \(maximumLength) tokens keep of the sentence",
          found: "\"\(text.prefix(60))\"")
      }
      return tokens.states.gathered(rows.map(Int32.init)).mean(axis: 0).elements()
    }
  }
}

extension String {
  /// The bytes of the first occurrence of a word, in any case, that is no part of a longer one.
  func range(ofWord word: String) -> Range<Int>? {
    let wanted = Array(word.lowercased())
    var isAfterWord = false
    var start = startIndex
    while start < endIndex {
      if !isAfterWord {
        var (end, count) = (start, 0)
        while end < endIndex, count < wanted.count,
          self[end].lowercased() == String(wanted[count])
        {
          end = index(after: end)
          count += 1
        }
        let isWhole = end == endIndex || !(self[end].isLetter || self[end].isNumber)
        if count == wanted.count, isWhole {
          let before = utf8.distance(from: startIndex, to: start)
          return before..<before + utf8.distance(from: start, to: end)
        }
      }
      isAfterWord = self[start].isLetter || self[start].isNumber
      start = index(after: start)
    }
    return nil
  }
}
