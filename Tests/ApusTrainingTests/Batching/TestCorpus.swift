import ApusTensors

@testable import ApusTraining

/// A corpus in memory whose token at position p is `base + p`, so that tokens tell their places.
struct TestCorpus {
  static let base: Int32 = 10
  let documents: [Range<Int>]
  /// The positions of the sentences of each document.
  let sentences: [[Range<Int>]]
  var tokenCount: Int { documents.last?.upperBound ?? 0 }
  var vocabularySize: Int { tokenCount + Int(Self.base) }

  /// Documents of random lengths, an empty one amongst them.
  init(documentCount: Int, longestSentence: Int = 12, sentenceCount: Int = 9, seed: UInt64 = 3) {
    var random = RandomStream(RandomKey(seed: seed, name: "corpus"))
    var (documents, sentences): ([Range<Int>], [[Range<Int>]]) = ([], [])
    var position = 0
    for document in 0..<documentCount {
      let start = position
      var ranges: [Range<Int>] = []
      if document != 1 {
        for _ in 0...random.below(sentenceCount) {
          let length = 1 + random.below(longestSentence)
          ranges.append(position..<position + length)
          position += length
        }
      }
      documents.append(start..<position)
      sentences.append(ranges)
    }
    self.documents = documents
    self.sentences = sentences
  }

  var source: TokenSource {
    let (documents, sentences) = (documents, sentences)
    return TokenSource(
      name: "corpus", documentCount: documents.count, tokenCount: tokenCount,
      document: { documents[$0] }, sentences: { sentences[$0] },
      documentOfToken: { token in documents.firstIndex { $0.contains(token) } ?? documents.count },
      copy: { range, buffer in
        for (place, position) in range.enumerated() { buffer[place] = Self.base + Int32(position) }
      })
  }

  /// [CLS] 1, [SEP] 2, [MASK] 3; each third token goes on the word before it.
  var vocabulary: MaskingVocabulary {
    MaskingVocabulary(
      isSpecial: (0..<vocabularySize).map { $0 < Int(Self.base) },
      isContinuation: (0..<vocabularySize).map { $0 > Int(Self.base) && $0 % 3 == 0 },
      classifierId: 1, separatorId: 2, maskId: 3)
  }

  /// Whether tokens are those of the positions, each once, in any order.
  func holds(_ tokens: [Int32], at positions: [Int]) -> Bool {
    tokens.sorted() == positions.map { Self.base + Int32($0) }
  }

  func document(of token: Int32) -> Int? {
    documents.firstIndex { $0.contains(Int(token - Self.base)) }
  }
}

extension PretrainingBatch {
  /// The sequences with the masked tokens put back.
  var originals: [[Int32]] {
    var ids = ids
    if case .masked(let positions, let labels) = targets {
      for (position, label) in zip(positions, labels) { ids[position] = label }
    }
    return zip(offsets, offsets.dropFirst()).map { Array(ids[$0..<$1]) }
  }

  var lengths: [Int] { zip(offsets, offsets.dropFirst()).map { $1 - $0 } }
}

/// The batches of the epoch that the next one belongs to; none may reach into another.
func epoch(of batches: inout some TrainingBatches<PretrainingBatch>) throws -> [PretrainingBatch] {
  guard let first = try batches.next() else { return [] }
  var made = [first]
  let number = batches.cursor.epoch
  var ahead = batches
  while let batch = try ahead.next(), ahead.cursor.epoch == number {
    made.append(batch)
    batches = ahead
  }
  return made
}
