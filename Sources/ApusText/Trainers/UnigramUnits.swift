/// The strings that a Unigram model is trained on, and how often each comes.
///
/// Tokens join no letters with other characters, as in SentencePiece, so that words are cut there
/// first, which leaves far fewer distinct ones; so are words at characters too rare to get a
/// token, and very long ones at a fixed length.
struct UnigramUnits {
  /// The longest unit in scalars, whose probability still fits into a `Double`.
  static let longestUnit = 32

  private(set) var counts = WordCounts()
  /// The characters that get a token, in the order of their scalars, and how often each comes.
  let alphabet: [(scalar: UInt32, count: Int64)]
  private let known: Set<UInt32>

  /// - Parameters:
  ///   - words: The words with visible spaces in front.
  ///   - coverage: The share of the text that the characters with tokens make up.
  init(_ words: WordCounts..., coverage: Double) {
    alphabet = Self.alphabet(of: words, coverage: coverage)
    known = Set(alphabet.map(\.scalar))
    // Not added to the property, which the method's own reference would have copied each time.
    var units = WordCounts()
    for part in words {
      part.forEach { word, count in
        forEachUnit(of: word) { bytes, _ in
          units.add(UnsafeBufferPointer(rebasing: word[bytes]), count: count)
        }
      }
    }
    counts = units
  }

  /// Calls `body` with the place of each unit of a word, in bytes and in scalars.
  func forEachUnit(
    of word: UnsafeBufferPointer<UInt8>,
    _ body: (_ bytes: Range<Int>, _ scalars: Range<Int>) -> Void
  ) {
    let mark = MetaspacePreTokenizer.defaultReplacement.value
    var start = (byte: 0, scalar: 0)
    var place = start
    var kind: Kind = .any
    func end() {
      if start.byte < place.byte {
        body(start.byte..<place.byte, start.scalar..<place.scalar)
      }
      start = place
      kind = .any
    }
    while place.byte < word.count {
      let (value, next) = scalar(at: place.byte, in: word)
      let isKnown = known.contains(value)
      let following: Kind = value == mark ? .any : Kind(value)
      let length = place.scalar - start.scalar
      if !isKnown || length == Self.longestUnit || !kind.joins(following) || value == mark {
        end()
      }
      place = (next, place.scalar + 1)
      if !isKnown {
        start = place
      } else if following != .any {
        kind = following
      }
    }
    end()
  }

  /// What may stand together in a token: letters, or anything else; marks go with both.
  private enum Kind {
    case letter, other, any

    init(_ value: UInt32) {
      let kind = ScalarClasses.shared[value]
      self = kind.contains(.letter) ? .letter : kind.contains(.nonspacingMark) ? .any : .other
    }

    func joins(_ next: Kind) -> Bool { self == .any || next == .any || self == next }
  }

  /// The most frequent characters, until they make up the share of the text.
  private static func alphabet(
    of words: [WordCounts], coverage: Double
  ) -> [(scalar: UInt32, count: Int64)] {
    var counts: [UInt32: Int64] = [:]
    for part in words {
      part.forEach { word, count in
        var index = 0
        while index < word.count {
          let (value, end) = scalar(at: index, in: word)
          counts[value, default: 0] += count
          index = end
        }
      }
    }
    let total = counts.values.reduce(0, +)
    let sorted = counts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
    var covered: Int64 = 0
    var kept: [(scalar: UInt32, count: Int64)] = []
    for (value, count) in sorted {
      guard coverage >= 1 || Double(covered) < coverage * Double(total) else { break }
      covered += count
      kept.append((value, count))
    }
    return kept.sorted { $0.scalar < $1.scalar }
  }
}
