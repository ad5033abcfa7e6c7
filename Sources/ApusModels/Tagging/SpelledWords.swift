import ApusTensors

/// The words of a sentence as a tagger sees them.
public struct SpelledSentence: Sendable, Hashable {
  /// The number of each word in the lexicon; 0 for an unknown one.
  public var ids: [Int32]
  /// The numbers of each word's characters.
  public var spellings: [[Int32]]
  /// What the letters of each word look like.
  public var casings: [Int32]

  public var count: Int { ids.count }
}

/// A batch of sentences, with each spelling once.
///
/// - Shapes: words and casings [N] over B sentences, spelling numbers [N], characters over S
///   spellings.
public struct SpelledWords: Sendable {
  public let words: Sequences
  public let casings: Tensor
  /// The characters of each different spelling.
  public let spellings: Sequences
  /// Which of the spellings each word has.
  public let spellingNumbers: Tensor

  public init(_ sentences: [SpelledSentence]) {
    words = Sequences(ids: sentences.map(\.ids))
    casings = Tensor(sentences.flatMap(\.casings))
    var numbers: [[Int32]: Int32] = [:]
    var spellings: [[Int32]] = []
    spellingNumbers = Tensor(
      sentences.flatMap { sentence in
        sentence.spellings.map { spelling -> Int32 in
          if let number = numbers[spelling] { return number }
          let number = Int32(spellings.count)
          numbers[spelling] = number
          spellings.append(spelling)
          return number
        }
      })
    self.spellings = Sequences(ids: spellings)
  }
}
