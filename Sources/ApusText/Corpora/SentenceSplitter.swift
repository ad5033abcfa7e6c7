/// Cuts English text into sentences by rules, for next-sentence prediction.
///
/// A newline ends a sentence. So do `.`, `!` and `?` with the quotes and brackets that close behind
/// them, if white space and then a capital letter, a digit, an opening quote or a letter outside
/// ASCII follow; a full stop behind a single capital or a common abbreviation does not.
///
/// White space between two sentences belongs to the second, so that sentences cover the text and
/// cuts fall where pre-tokenizers cut too.
public enum SentenceSplitter {
  private static let abbreviations: Set<[UInt8]> = Set(
    [
      "Mr", "Mrs", "Ms", "Dr", "Prof", "St", "Sr", "Jr", "Rev", "Hon", "Gen", "Col", "Capt", "Lt",
      "Sgt", "Gov", "Sen", "Rep", "No", "Vol", "Fig", "vs", "cf", "etc", "e.g", "i.e", "a.m",
      "p.m", "Inc", "Ltd", "Co", "Corp", "Mt", "Ave", "approx", "Jan", "Feb", "Mar", "Apr", "Aug",
      "Sep", "Sept", "Oct", "Nov", "Dec",
    ].map { Array($0.utf8) })

  /// Calls `body` with the range of each sentence; together they cover the text.
  public static func forEachSentence(
    in text: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void
  ) {
    var start = 0
    var hasText = false
    var index = 0
    while index < text.count {
      let byte = text[index]
      if isSpace(byte) {
        index += 1
        continue
      }
      // Ends are looked for from the last visible byte before white space.
      if hasText, index > start, isSpace(text[index - 1]),
        endsSentence(before: index, from: start, in: text)
      {
        var end = index
        while isSpace(text[end - 1]) { end -= 1 }
        body(start..<end)
        start = end
      }
      hasText = true
      index += 1
    }
    if start < text.count { body(start..<text.count) }
  }

  /// Whether the white space before `next` parts two sentences.
  private static func endsSentence(
    before next: Int, from start: Int, in text: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    var end = next
    while isSpace(text[end - 1]) {
      if text[end - 1] == UInt8(ascii: "\n") { return true }
      end -= 1
    }
    guard opensSentence(text[next]) else { return false }
    while end > start, let length = closerLength(before: end, in: text) { end -= length }
    guard end > start else { return false }
    switch text[end - 1] {
    case UInt8(ascii: "!"), UInt8(ascii: "?"): return true
    case UInt8(ascii: "."): return !isAbbreviation(before: end - 1, from: start, in: text)
    default: return false
    }
  }

  private static func opensSentence(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: "["), 0x80...0xFF:
      true
    default: false
    }
  }

  /// The length of a closing quote or bracket that ends at an index.
  private static func closerLength(before end: Int, in text: UnsafeBufferPointer<UInt8>) -> Int? {
    switch text[end - 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: ")"), UInt8(ascii: "]"): return 1
    // ’ and ” are E2 80 99 and E2 80 9D.
    case 0x99, 0x9D:
      return end >= 3 && text[end - 3] == 0xE2 && text[end - 2] == 0x80 ? 3 : nil
    default: return nil
    }
  }

  private static func isAbbreviation(
    before stop: Int, from start: Int, in text: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    var word = stop
    while word > start, stop - word < 8, isLetter(text[word - 1]) || text[word - 1] == 0x2E {
      word -= 1
    }
    if stop - word == 1 { return text[word] & 0x20 == 0 }
    return abbreviations.contains(Array(text[word..<stop]))
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || 0x09...0x0D ~= byte }
}
