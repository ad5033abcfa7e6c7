import ApusTensors
import ApusText

/// Vectors of the parts of words, shared by all words that fall into the same bucket.
///
/// A word, put between `<` and `>`, has as parts all its runs of some numbers of characters; a part's
/// bucket is a hash of its bytes.
///
/// - Source: Bojanowski et al., "Enriching Word Vectors with Subword Information", TACL 2017; the hash
///   is that of the authors' program, FNV-1a with bytes extended by their sign.
public struct Subwords: Sendable {
  /// How words are cut into parts.
  public struct Rule: Sendable, Hashable {
    /// The characters (Unicode scalars) of a part, `<` and `>` included.
    public var lengths: ClosedRange<Int>
    public var bucketCount: Int

    public init(lengths: ClosedRange<Int>, bucketCount: Int) {
      precondition(lengths.lowerBound > 0, "Subwords: expected lengths of at least 1")
      precondition(
        1...Int(Int32.max) ~= bucketCount, "Subwords: expected 1 to 2³¹ − 1 buckets")
      self.lengths = lengths
      self.bucketCount = bucketCount
    }

    /// The authors' sign for the end of a line, which has no parts.
    private static let endOfLine = Array("<</s>>".utf8)

    /// The bucket of each part of a word, in the order of their beginnings; one that comes twice
    /// stands twice.
    public func buckets(of word: some Sequence<UInt8>) -> [Int32] {
      let text = [UInt8(ascii: "<")] + word + [UInt8(ascii: ">")]
      guard text != Self.endOfLine else { return [] }
      var result: [Int32] = []
      for start in text.indices where !Self.isContinuation(text[start]) {
        var hash: UInt32 = 2_166_136_261
        var (end, length) = (start, 0)
        while end < text.count, length < lengths.upperBound {
          repeat {
            hash = (hash ^ UInt32(bitPattern: Int32(Int8(bitPattern: text[end])))) &* 16_777_619
            end += 1
          } while end < text.count && Self.isContinuation(text[end])
          length += 1
          // `<` and `>` alone are no parts.
          let isBorder = length == 1 && (start == 0 || end == text.count)
          if length >= lengths.lowerBound, !isBorder {
            result.append(Int32(hash % UInt32(bucketCount)))
          }
        }
      }
      return result
    }

    private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
  }

  public let rule: Rule
  /// The vectors of words alone, [V, C]: with those of its parts, they make a word's mean.
  public let words: Tensor
  /// The vectors of parts, [buckets, C].
  public let table: Tensor

  public init(_ rule: Rule, words: Tensor, table: Tensor) {
    precondition(
      table.shape == [rule.bucketCount, words.columnCount],
      "Subwords: expected \([rule.bucketCount, words.columnCount]), got \(table.shape)")
    self.rule = rule
    self.words = words
    self.table = table
  }

  /// Takes the table that was learnt: words, and behind them the buckets, [V + buckets, C].
  public init(_ rule: Rule, inputs: Tensor) {
    let wordCount = inputs.shape[0] - rule.bucketCount
    self.init(
      rule, words: inputs.rows(0..<wordCount), table: inputs.rows(wordCount..<inputs.shape[0]))
  }

  /// The rows of each word in such a table: its own first.
  public static func rows(of vocabulary: Vocabulary, _ rule: Rule) -> WordRows {
    WordRows(
      (0..<vocabulary.count).lazy.map { id in
        let parts = rule.buckets(of: vocabulary.bytes(of: Int32(id)) ?? [])
        return [Int32(id)] + parts.map { Int32(vocabulary.count) + $0 }
      })
  }

  /// The mean of a word's parts; nil for a word without any.
  public func vector(of word: String) -> [Float]? {
    let buckets = rule.buckets(of: word.utf8)
    guard !buckets.isEmpty else { return nil }
    let firstPart = Int32(words.shape[0])
    return WordRows([buckets.map { firstPart + $0 }]).means(own: words, parts: table).elements()
  }

  /// The vectors of the words of a vocabulary, [V, C]: each the mean of its own row and its parts'.
  func vectors(of vocabulary: Vocabulary) -> Tensor {
    Self.rows(of: vocabulary, rule).means(own: words, parts: table)
  }
}

extension WordVectors {
  /// Words whose vectors are means of their own rows and those of their parts.
  public init(_ vocabulary: Vocabulary, counts: [Int]? = nil, _ subwords: Subwords) {
    self.init(
      vocabulary, subwords.vectors(of: vocabulary), counts: counts, subwords: subwords)
  }
}
