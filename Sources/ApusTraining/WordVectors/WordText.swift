import ApusFiles
import ApusTensors
import ApusText
import ApusVectors

/// A text as the numbers of its words, in parts that are learnt from one after the other.
///
/// Words are the tokens of a tokenizer that come in the text, the most frequent first; special and
/// unknown ones are passed over, as if they were not there. Memory holds the words and one part; the text
/// stays in its shards.
public struct WordText: Sendable {
  public let vocabulary: Vocabulary
  /// How often each word comes.
  public let counts: [Int]
  /// The number of words in the text.
  public let wordCount: Int
  private let source: TokenSource
  /// The word of each id; -1 for those passed over.
  private let words: [Int32]
  private let parts: [Range<Int>]
  /// The number of words before each part.
  private let firsts: [Int]

  /// Sentences are cut after so many words, and longer documents where a part ends.
  private static let longestWhole = WordVectorPass.longestSentence

  /// Reads a text once to count.
  ///
  /// - Parameters:
  ///   - source: The text; a document is a sentence, whose ends no context crosses.
  ///   - tokenizer: Which tokens are words.
  ///   - partSize: The tokens of a part, about; parts end with documents.
  /// - Throws: `InputError` for a text with fewer than two different words, or with ids that the
  ///   tokenizer has not.
  public init(_ source: TokenSource, tokenizer: Tokenizer, partSize: Int) throws {
    precondition(partSize > 0, "WordText: expected parts of at least one token")
    self.source = source
    parts = Self.parts(of: source, size: partSize)
    var isWord = [Bool](repeating: true, count: tokenizer.vocabularySize)
    for id in tokenizer.idsWithoutText { isWord[Int(id)] = false }
    var countsOfIDs = [Int](repeating: 0, count: tokenizer.vocabularySize)
    var firsts = [0]
    for part in parts {
      var ids: [Int32] = []
      source.append(part, to: &ids)
      try source.requireIds(below: tokenizer.vocabularySize, in: ids)
      var count = 0
      for id in ids where isWord[Int(id)] {
        countsOfIDs[Int(id)] += 1
        count += 1
      }
      firsts.append((firsts.last ?? 0) + count)
    }
    self.firsts = firsts
    wordCount = firsts.last ?? 0
    let order = countsOfIDs.indices.filter { countsOfIDs[$0] > 0 }
      .sorted { (countsOfIDs[$1], $0) < (countsOfIDs[$0], $1) }
    guard order.count > 1 else {
      throw InputError(
        file: source.name, expected: "a text with different words of the vocabulary",
        found: "\(order.count)")
    }
    var words = [Int32](repeating: -1, count: countsOfIDs.count)
    for (word, id) in order.enumerated() { words[id] = Int32(word) }
    self.words = words
    counts = order.map { countsOfIDs[$0] }
    vocabulary = try Vocabulary(
      order.enumerated().map { (Array((tokenizer.token(of: Int32($1)) ?? "").utf8), $0) })
  }

  /// The number of parts, which make up the text.
  public var partCount: Int { parts.count }

  /// The words of a part, where its sentences end, and the number of words before it.
  ///
  /// A document is a sentence, or several of ten thousand words where it has more: sentences are what
  /// threads share.
  public func part(_ number: Int) -> (ids: [Int32], ends: [Int], first: Int) {
    let range = parts[number]
    var tokens: [Int32] = []
    source.append(range, to: &tokens)
    var ids: [Int32] = []
    ids.reserveCapacity(tokens.count)
    var ends: [Int] = []
    var position = range.lowerBound
    while position < range.upperBound {
      let document = source.document(source.documentOfToken(position)).clamped(to: range)
      for index in position..<document.upperBound {
        let word = words[Int(tokens[index - range.lowerBound])]
        guard word >= 0 else { continue }
        if ids.count - (ends.last ?? 0) == Self.longestWhole { ends.append(ids.count) }
        ids.append(word)
      }
      ends.append(ids.count)
      position = document.upperBound
    }
    return (ids, ends, firsts[number])
  }

  /// The numbers of the words between which a part stands.
  func wordRange(ofPart number: Int) -> Range<Int> { firsts[number]..<firsts[number + 1] }

  private static func parts(of source: TokenSource, size: Int) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var start = 0
    while start < source.tokenCount {
      var end = source.tokenCount
      if size < end - start {
        let document = source.document(source.documentOfToken(start + size))
        end = document.count <= longestWhole ? document.upperBound : start + size
      }
      parts.append(start..<end)
      start = end
    }
    return parts
  }
}
