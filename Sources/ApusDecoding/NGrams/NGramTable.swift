import ApusFiles

/// The n-grams of a language model as lists, the form in which they are read, learnt and written.
struct NGramTable {
  /// The n-grams of one length n.
  struct Level {
    let length: Int
    /// n word ids of each n-gram, end to end.
    var words: [Int32] = []
    /// Base-10 logarithms of probabilities.
    ///
    /// NaN stands for an n-gram that is only there for longer ones that begin
    /// with it, and has the probability that its end gives.
    var logProbabilities: [Float] = []
    var backoffs: [Float] = []

    var count: Int { logProbabilities.count }

    func words(_ index: Int) -> ArraySlice<Int32> {
      words[index * length..<(index + 1) * length]
    }

    mutating func append(
      _ words: some Sequence<Int32>, logProbability: Float, backoff: Float
    ) {
      self.words += words
      logProbabilities.append(logProbability)
      backoffs.append(backoff)
    }
  }

  /// The text of each word, by its id; the unknown word is 0 and the others are in ascending order.
  let vocabulary: [[UInt8]]
  /// Unigrams first; a unigram of each word, in the order of their ids.
  var levels: [Level]

  /// Puts every level in the order of its words, and adds the n-grams that longer ones begin with.
  ///
  /// - Returns: The words of an n-gram that is there twice, if one is.
  mutating func arrange() -> [Int32]? {
    for index in levels.indices.reversed() {
      levels[index] = levels[index].sorted
      let level = levels[index]
      for entry in 0..<max(0, level.count - 1)
      where level.words(entry).elementsEqual(level.words(entry + 1)) {
        return Array(level.words(entry))
      }
      if index > 1 { levels[index - 1].addBeginnings(of: level) }
    }
    return nil
  }
}

extension NGramTable.Level {
  fileprivate var sorted: Self {
    let order = (0..<count).sorted { words($0).lexicographicallyPrecedes(words($1)) }
    var result = Self(length: length)
    result.words.reserveCapacity(words.count)
    for index in order {
      result.append(
        words(index), logProbability: logProbabilities[index], backoff: backoffs[index])
    }
    return result
  }

  /// Adds what sorted n-grams that are one word longer begin with and is not here yet.
  fileprivate mutating func addBeginnings(of longer: Self) {
    let present = Set((0..<count).map { Array(words($0)) })
    var former: ArraySlice<Int32> = []
    for index in 0..<longer.count {
      let beginning = longer.words(index).dropLast()
      if !beginning.elementsEqual(former), !present.contains(Array(beginning)) {
        append(beginning, logProbability: .nan, backoff: 0)
      }
      former = beginning
    }
  }
}
