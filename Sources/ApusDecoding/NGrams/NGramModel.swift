import ApusFiles

/// What a language model of n-grams takes for a word.
public enum NGramUnit: String, Sendable, Hashable, CaseIterable {
  /// What white space parts.
  case word
  /// A Unicode scalar; "▁" stands for a space.
  case character
}

/// A language model of n-grams that back off to shorter ones.
///
/// Contexts are numbers: each stands for the longest n-gram of the model that the words so far end
/// with.
///
/// - Source: Katz 1987; the form of its files is that of Doug Paul's ARPA back-off models.
public struct NGramModel: Sendable {
  let image: NGramImage

  init(_ image: NGramImage) { self.image = image }

  /// A context: what the words so far tell about the next one.
  public struct Context: Sendable, Hashable {
    let node: Int32
  }

  /// What a model says about a word in its context.
  public struct Score: Sendable, Hashable {
    /// The base-10 logarithm of the probability.
    public let logProbability: Float
    /// The number of words of the n-gram that it comes from.
    public let length: Int
    /// Of the words behind it.
    public let context: Context
  }

  /// The words of the longest n-grams.
  public var order: Int { image.order }
  /// The number of n-grams of each length.
  public var counts: [Int] { image.counts }

  /// The id of unknown words.
  public static let unknown: Int32 = 0

  /// The context of no words.
  public var empty: Context { Context(node: 0) }
  /// The context of the beginning of a sentence.
  public var start: Context { score(id(of: NGramWord.start), after: empty).context }
  /// What ends a sentence.
  public var end: Int32 { id(of: NGramWord.end) }

  /// The id of a word; that of unknown words if it has none.
  public func id(of word: String) -> Int32 { id(of: Array(word.utf8)) }

  func id(of word: [UInt8]) -> Int32 {
    var (low, high) = (1, image.wordCount)
    while low < high {
      let middle = low + (high - low) / 2
      if image.text(of: middle).lexicographicallyPrecedes(word) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low < image.wordCount && image.text(of: low).elementsEqual(word)
      ? Int32(low) : Self.unknown
  }

  /// The text of each word by its id.
  public func text(of word: Int32) -> String {
    String(decoding: image.text(of: Int(word)), as: UTF8.self)
  }

  var vocabulary: [[UInt8]] { (0..<image.wordCount).map { Array(image.text(of: $0)) } }

  /// Scores a word after a context.
  public func score(_ word: Int32, after context: Context) -> Score {
    let (logProbability, node) = image.score(word, after: context.node)
    var (length, first) = (1, 1)
    while node >= first + image.counts[length - 1] {
      first += image.counts[length - 1]
      length += 1
    }
    return Score(
      logProbability: logProbability, length: length,
      context: Context(node: node < image.firstLeaf ? node : image.suffixes[Int(node)]))
  }

  /// Scores the words of a sentence and its end.
  public func scores(_ words: [String]) -> [Score] {
    var context = start
    return (words.map(id(of:)) + [end]).map { word in
      let score = score(word, after: context)
      context = score.context
      return score
    }
  }

  /// What the model seems to take for a word: characters if all words that are not special are single
  /// ones and "▁" is among them, as models of words may have words of one letter alone.
  public var unit: NGramUnit {
    guard id(of: CTCAlphabet.wordMark) != Self.unknown else { return .word }
    let areCharacters = vocabulary.allSatisfy {
      NGramWord.special.contains($0)
        || String(decoding: $0, as: UTF8.self).unicodeScalars.count == 1
    }
    return areCharacters ? .character : .word
  }

  /// Cuts a line into words of a unit.
  public static func words(of line: some StringProtocol, _ unit: NGramUnit) -> [String] {
    let words = line.unicodeScalars.split(whereSeparator: \.properties.isWhitespace)
    switch unit {
    case .word: return words.map { String(String.UnicodeScalarView($0)) }
    case .character:
      return Array(words.joined(separator: CTCAlphabet.wordMark.unicodeScalars)).map(String.init)
    }
  }
}

/// The words that no text has.
enum NGramWord {
  static let start = Array("<s>".utf8)
  static let end = Array("</s>".utf8)
  static let unknown = Array("<unk>".utf8)
  /// As some programs write it.
  static let loudUnknown = Array("<UNK>".utf8)
  static let special = [start, end, unknown]
}

/// Perplexity of sentences under a language model.
public struct NGramPerplexity: Sendable {
  public private(set) var sentenceCount = 0
  /// Without ends of sentences.
  public private(set) var wordCount = 0
  public private(set) var unknownCount = 0
  /// Base 10, with ends of sentences and unknown words.
  public private(set) var logProbability = 0.0
  private var knownLogProbability = 0.0

  public init() {}

  /// Counts a sentence.
  ///
  /// - Returns: The base-10 logarithm of its probability.
  @discardableResult
  public mutating func add(_ words: [String], _ model: NGramModel) -> Double {
    let scores = model.scores(words)
    var total = 0.0
    for (index, score) in scores.enumerated() {
      total += Double(score.logProbability)
      if index < words.count, model.id(of: words[index]) == NGramModel.unknown {
        unknownCount += 1
      } else {
        knownLogProbability += Double(score.logProbability)
      }
    }
    sentenceCount += 1
    wordCount += words.count
    logProbability += total
    return total
  }

  /// Of each word and end of a sentence.
  public var perplexity: Double {
    exponential(-logProbability * naturalOfTen / Double(max(1, wordCount + sentenceCount)))
  }

  /// The same without unknown words.
  public var perplexityOfKnownWords: Double {
    exponential(
      -knownLogProbability * naturalOfTen
        / Double(max(1, wordCount + sentenceCount - unknownCount)))
  }
}
