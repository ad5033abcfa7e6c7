import ApusTensors

/// Chooses the tokens of a sequence that are to be predicted and hides them.
///
/// Of n tokens that are not special, max(1, round(rate · n)) are chosen. A chosen one becomes [MASK]
/// with 80 %, a random token with 10 %, and stays with 10 % probability. By whole words, words are
/// taken while they fit into that number; a sequence of longer words alone has one of them masked.
///
/// - Source: Devlin et al. 2019, §3.1; whole words: the authors' release of May 2019.
struct TokenMasker: Sendable {
  let vocabulary: MaskingVocabulary
  let rate: Double
  let wholeWord: Bool

  /// Masks the tokens of `ids` from `start` to its end.
  ///
  /// - Parameters:
  ///   - ids: Tokens of which the last ones are the sequence.
  ///   - start: The first position of the sequence.
  ///   - random: The source of the choices.
  ///   - positions: Grows by the masked positions of `ids`, rising.
  ///   - labels: Grows by the tokens that stood there.
  func mask(
    _ ids: inout [Int32], from start: Int, _ random: inout RandomStream,
    positions: inout [Int], labels: inout [Int32]
  ) {
    let maskable = (start..<ids.count).filter { !vocabulary.isSpecial[Int(ids[$0])] }
    guard !maskable.isEmpty else { return }
    let count = max(1, Int((rate * Double(maskable.count)).rounded()))
    let chosen =
      wholeWord
      ? chooseWords(of: maskable, in: ids, count, &random) : choose(count, of: maskable, &random)
    for position in chosen {
      positions.append(position)
      labels.append(ids[position])
      let draw = random.uniform()
      if draw < 0.8 {
        ids[position] = vocabulary.maskId
      } else if draw < 0.9 {
        ids[position] = vocabulary.ordinaryIds[random.below(vocabulary.ordinaryIds.count)]
      }
    }
  }

  /// Any `count` of the positions, each set as likely as the others, in rising order.
  private func choose(
    _ count: Int, of positions: [Int], _ random: inout RandomStream
  ) -> [Int] {
    var positions = positions
    for index in 0..<count {
      positions.swapAt(index, index + random.below(positions.count - index))
    }
    return positions.prefix(count).sorted()
  }

  /// Positions of whole words, at most `count` in all unless the first word has more.
  private func chooseWords(
    of positions: [Int], in ids: [Int32], _ count: Int, _ random: inout RandomStream
  ) -> [Int] {
    var words: [Range<Int>] = []
    for (index, position) in positions.enumerated() {
      if let last = words.last, vocabulary.isContinuation[Int(ids[position])],
        positions[index - 1] == position - 1
      {
        words[words.count - 1] = last.lowerBound..<position + 1
      } else {
        words.append(position..<position + 1)
      }
    }
    words.shuffle(using: &random)
    var chosen: [Int] = []
    for word in words where chosen.count + word.count <= count { chosen += word }
    if chosen.isEmpty, let word = words.first { chosen += word }
    return chosen.sorted()
  }
}
