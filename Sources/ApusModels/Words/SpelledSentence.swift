import ApusTensors

/// The words of a sentence as encoders of words see them; each fills in what it needs.
public struct SpelledSentence: Sendable, Hashable {
  /// The number of words.
  public let count: Int
  /// The number of each word in a lexicon; 0 for an unknown one.
  public var ids: [Int32] = []
  /// The numbers of each word's characters in a lexicon.
  public var spellings: [[Int32]] = []
  /// What the letters of each word look like.
  public var casings: [Int32] = []
  /// The parts of each word that a pretrained network knows: an ELMo's characters, or tokens.
  public var pieces: [[Int32]] = []

  public init(count: Int) { self.count = count }
}

/// Sequences of which each different one is kept once.
struct DistinctSequences {
  private(set) var sequences: [[Int32]] = []
  private var numbers: [[Int32]: Int32] = [:]

  /// The number of a sequence among the different ones, to which it is added if need be.
  mutating func number(of sequence: [Int32]) -> Int32 {
    if let number = numbers[sequence] { return number }
    let number = Int32(sequences.count)
    numbers[sequence] = number
    sequences.append(sequence)
    return number
  }
}
