/// The characters that word pieces are built from.
struct WordPieceAlphabet {
  /// All characters, in the order of their scalars.
  let initial: [Unicode.Scalar]
  /// Those that come inside a word.
  let continuing: [Unicode.Scalar]

  /// Keeps the `limit` most frequent characters; of equal ones the smaller scalars.
  init(of words: WordCounts, limit: Int?) {
    var counts: [UInt32: Int64] = [:]
    var inside: Set<UInt32> = []
    words.forEach { word, count in
      var index = 0
      while index < word.count {
        let (value, end) = scalar(at: index, in: word)
        counts[value, default: 0] += count
        if index > 0 { inside.insert(value) }
        index = end
      }
    }
    var kept = counts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
    if let limit, kept.count > limit { kept.removeSubrange(max(0, limit)...) }
    initial = kept.map(\.key).sorted().compactMap(Unicode.Scalar.init)
    continuing = initial.filter { inside.contains($0.value) }
  }

  /// The ids of characters by scalar value, for those that have one.
  func ids(_ id: (Unicode.Scalar) -> Int32?) -> [UInt32: Int32] {
    Dictionary(
      uniqueKeysWithValues: initial.compactMap { scalar in id(scalar).map { (scalar.value, $0) } })
  }
}
