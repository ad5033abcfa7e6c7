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
  ///   - embedder: The name of a contextual model, and what it makes of a word in each of some texts:
  ///     `states` of a `TextEmbedder` or a `WordEmbedder`.
  /// - Throws: `InputError` for a word without a static vector; what the model throws.
  public init(
    of word: String, in examples: [SenseExample], vectors: (name: String, WordVectors)?,
    embedder: (name: String, states: (_ word: String, _ texts: [String]) throws -> [[Float]])
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
    let states = try embedder.states(word, examples.map(\.sentence))
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
  public func states(of word: String, in texts: [String]) throws -> [[Float]] {
    try zip(embedTokens(texts), texts).enumerated().map { index, embedded in
      let (tokens, text) = embedded
      let prepared = prepared(text)
      let place = try prepared.place(ofWord: word, row: index + 1)
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

extension WordEmbedder {
  /// The vector of a word's first occurrence in each text.
  ///
  /// Blanks are set around the word, so that no full stop belongs to it where blanks part words.
  ///
  /// - Parameters:
  ///   - word: In any case.
  ///   - texts: Sentences with the word.
  ///   - layer: A layer from 0, that of characters alone; nil for the mean of all.
  /// - Returns: A vector a text.
  /// - Throws: `InputError` for a layer that there is not; with the number of a text that lacks the word,
  ///   or whose tokenizer parts it.
  public func states(
    of word: String, in texts: [String], layer: Int? = nil
  ) throws -> [[Float]] {
    if let layer, !(0..<layerCount ~= layer) {
      throw InputError(expected: "a layer from 0 to \(layerCount - 1)", found: "\(layer)")
    }
    let parted = try texts.enumerated().map { index, text in
      let place = try text.place(ofWord: word, row: index + 1)
      let bytes = Array(text.utf8)
      return [bytes[..<place.lowerBound], bytes[place], bytes[place.upperBound...]]
        .map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    }
    return try embed(parted).enumerated().map { index, embedded in
      guard
        let row = embedded.words.firstIndex(where: { $0.lowercased() == word.lowercased() })
      else {
        throw InputError(
          row: index + 1, expected: "\"\(word)\" as one word of the model",
          found: "\"\(texts[index].prefix(60))\"")
      }
      let states = layer.map { embedded.layers[$0] } ?? embedded.mean
      return states.rows(row..<row + 1).elements()
    }
  }
}

extension String {
  /// Where a word stands: `range(ofWord:)`.
  ///
  /// - Throws: `InputError` with the row for a text without it.
  fileprivate func place(ofWord word: String, row: Int) throws -> Range<Int> {
    guard let place = range(ofWord: word) else {
      throw InputError(
        row: row, expected: "a sentence with the word \"\(word)\"", found: "\"\(prefix(60))\"")
    }
    return place
  }

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
