/// Goes through the sentences of a document in pieces of bounded length.
///
/// A sentence that is longer than a piece comes as several, so that text without sentence ends is
/// used whole and a single sentence can't fill the memory.
struct SentenceWalker {
  private let sentences: [Range<Int>]
  private let longest: Int
  private var index: Int
  /// Where the next piece starts.
  private(set) var position: Int

  /// Starts at a position of the document, which is the start of a piece.
  init(_ sentences: [Range<Int>], longest: Int, from position: Int) {
    self.sentences = sentences
    self.longest = longest
    self.position = position
    index = 0
    seek(to: position)
  }

  mutating func next() -> Range<Int>? {
    while index < sentences.count, sentences[index].upperBound <= position { index += 1 }
    guard index < sentences.count else { return nil }
    let start = max(position, sentences[index].lowerBound)
    position = min(start + longest, sentences[index].upperBound)
    return start..<position
  }

  /// Goes to a position, at the start of a piece.
  mutating func seek(to position: Int) {
    self.position = position
    var (low, high) = (0, sentences.count)
    while low < high {
      let middle = (low + high) / 2
      if sentences[middle].upperBound <= position { low = middle + 1 } else { high = middle }
    }
    index = low
  }
}
