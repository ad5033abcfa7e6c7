import ApusFiles
import Glibc

/// Makes sparse vectors of texts: the terms of a vocabulary, weighted by how often the text has them and
/// how few texts do (TF-IDF), each vector of length 1.
///
/// The weight of a term is (1 + ln n) · (1 + ln((1 + N) / (1 + d))) for a term that the text has n times
/// and that d of the N texts which the vocabulary is of have: what scikit-learn's `TfidfVectorizer` gives
/// with `sublinear_tf` and `smooth_idf`. A text without known terms has an empty vector.
public struct TermVectorizer: Sendable {
  public let options: TermOptions
  /// In the order of their bytes.
  public let terms: [String]
  /// The texts that the vocabulary is of.
  private let textCount: Int
  /// In how many of them each term came.
  private let textCounts: [Int]
  private let numbers: [String: Int32]
  private let rarities: [Double]
  private let walker: TermWalker

  private init(_ options: TermOptions, terms: [String], textCounts: [Int], of textCount: Int) {
    self.options = options
    self.terms = terms
    self.textCount = textCount
    self.textCounts = textCounts
    numbers = Dictionary(uniqueKeysWithValues: zip(terms, 0...))
    rarities = textCounts.map { log(Double(1 + textCount) / Double(1 + $0)) + 1 }
    walker = TermWalker(options)
  }

  /// Chooses the terms of some texts.
  ///
  /// - Parameters:
  ///   - texts: The texts; their labels matter for the criterion χ² alone.
  ///   - options: What their terms are.
  ///   - selection: Which of them are taken.
  /// - Throws: `InputError` if none is left.
  public init(
    of texts: [LabelledText], _ options: TermOptions = TermOptions(),
    choosing selection: TermSelection = TermSelection()
  ) throws(InputError) {
    let isRankedByLabels = selection.criterion == .chiSquared
    let labels = isRankedByLabels ? Set(texts.map(\.label)).sorted() : []
    let numbers = Dictionary(uniqueKeysWithValues: zip(labels, labels.indices))
    let walker = TermWalker(options)
    var counts = TermCounts(labelCount: labels.count)
    for text in texts { counts.add(text.text, label: numbers[text.label] ?? 0, walker) }
    let chosen = counts.selected(selection)
    guard !chosen.isEmpty else {
      throw InputError(
        expected: "texts with words of two letters or more, in as many texts as is asked",
        found: "none")
    }
    self.init(
      options, terms: chosen.map { counts.terms[$0] },
      textCounts: chosen.map { counts.textCounts[$0] }, of: counts.textCount)
  }

  /// The vector of a text.
  public func vector(of text: String) -> TermVector {
    var counts: [Int32: Int] = [:]
    walker.forEachTerm(of: text) { term in
      if let number = numbers[term] { counts[number, default: 0] += 1 }
    }
    let ids = counts.keys.sorted()
    let weights = ids.map { id in
      let count = Double(counts[id] ?? 0)
      return (options.isSublinear ? 1 + log(count) : count) * rarities[Int(id)]
    }
    let length = weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return TermVector(ids: ids, weights: weights.map { Float($0 / length) })
  }
}

extension TermVectorizer: Equatable {
  public static func == (a: Self, b: Self) -> Bool {
    a.options == b.options && a.textCount == b.textCount && a.terms == b.terms
      && a.textCounts == b.textCounts
  }
}

extension TermVectorizer {
  /// Reads the vocabulary that a model was trained with.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - count: The terms that the model has weights for; nil for any number.
  /// - Throws: `FileError`; `InputError` naming what does not fit.
  public init(contentsOf path: String, count: Int? = nil) throws {
    let json = try JSONField(contentsOf: path)
    var options = TermOptions()
    let range = try json["ngram_range"].array().map { try $0.integer(in: 1...16) }
    guard range.count == 2, range[0] <= range[1] else {
      throw json["ngram_range"].error(expected: "two numbers, the smaller first")
    }
    options.wordCounts = range[0]...range[1]
    options.lowercases = try json["lowercase"].bool(default: true)
    options.isSublinear = try json["sublinear_tf"].bool(default: true)
    let textCount = try json["texts"].integer(in: 1...Int(Int32.max))
    let terms = try json["terms"].array().map { try $0.string() }
    let textCounts = try json["texts_of_terms"].array().map { try $0.integer(in: 0...textCount) }
    guard terms.count == count ?? terms.count, Set(terms).count == terms.count else {
      throw json["terms"].error(expected: "\(count ?? terms.count) different terms")
    }
    guard textCounts.count == terms.count else {
      throw json["texts_of_terms"].error(expected: "one for each of \(terms.count) terms")
    }
    self.init(options, terms: terms, textCounts: textCounts, of: textCount)
  }

  /// Writes the vocabulary.
  ///
  /// - Throws: `FileError` if the file can't be written.
  public func save(to path: String) throws {
    let json = JSONValue.object([
      (
        "ngram_range",
        .array([.integer(options.wordCounts.lowerBound), .integer(options.wordCounts.upperBound)])
      ),
      ("lowercase", .bool(options.lowercases)), ("sublinear_tf", .bool(options.isSublinear)),
      ("texts", .integer(textCount)), ("terms", .array(terms.map { .string($0) })),
      ("texts_of_terms", .array(textCounts.map { .integer($0) })),
    ])
    try writeAtomically(json.line + "\n", to: path)
  }
}
