/// Finds added tokens in text: the leftmost, and of those at one place the longest.
struct AddedTokenMatcher: Sendable {
  struct Match {
    /// The bytes taken out of the text, stripped white space included.
    var range: Range<Int>
    var id: Int32
  }

  private struct Pattern: Sendable {
    let token: AddedToken
    let bytes: [UInt8]
  }

  /// By first byte, longest first.
  private let patterns: [[Pattern]]
  private let firstBytes: [Bool]
  let isEmpty: Bool

  /// Looks for the bytes that `spelling` gives for each token.
  init(_ tokens: [AddedToken], spelling: (AddedToken) -> [UInt8] = { Array($0.content.utf8) }) {
    var patterns = [[Pattern]](repeating: [], count: 256)
    for token in tokens {
      let bytes = spelling(token)
      guard let first = bytes.first else { continue }
      patterns[Int(first)].append(Pattern(token: token, bytes: bytes))
    }
    for first in patterns.indices { patterns[first].sort { $0.bytes.count > $1.bytes.count } }
    self.patterns = patterns
    firstBytes = patterns.map { !$0.isEmpty }
    isEmpty = !firstBytes.contains(true)
  }

  /// The first match that begins at `start` or later.
  func next(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Match? {
    guard !isEmpty else { return nil }
    return firstBytes.withUnsafeBufferPointer { isFirst in
      for index in start..<max(start, text.count) where isFirst[Int(text[index])] {
        if let match = match(in: text, at: index, after: start) { return match }
      }
      return nil
    }
  }

  private func match(
    in text: UnsafeBufferPointer<UInt8>, at index: Int, after start: Int
  ) -> Match? {
    for pattern in patterns[Int(text[index])] {
      let end = index + pattern.bytes.count
      guard end <= text.count, text[index..<end].elementsEqual(pattern.bytes) else { continue }
      if pattern.token.isWord, touchesWord(index..<end, in: text) { continue }
      var range = index..<end
      if pattern.token.stripsLeft {
        range = whitespaceStart(before: index, downTo: start, in: text)..<end
      }
      if pattern.token.stripsRight { range = range.lowerBound..<whitespaceEnd(from: end, in: text) }
      return Match(range: range, id: pattern.token.id)
    }
    return nil
  }

  private func touchesWord(_ range: Range<Int>, in text: UnsafeBufferPointer<UInt8>) -> Bool {
    func isWord(_ value: UInt32) -> Bool {
      value == 0x5F || !ScalarClasses.shared[value].isDisjoint(with: [.letter, .number])
    }
    if range.lowerBound > 0,
      isWord(scalar(at: scalarStart(before: range.lowerBound, in: text), in: text).value)
    {
      return true
    }
    return range.upperBound < text.count && isWord(scalar(at: range.upperBound, in: text).value)
  }
}
