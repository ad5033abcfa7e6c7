import ApusTensors

/// Builds the examples of masked language models from the sentences of documents.
///
/// With a second task, sentences are gathered until they fill the context (or, with
/// `shortSequenceRate`, a random part of it), split in two at a random sentence, and given as
/// [CLS] A [SEP] B [SEP]. For the next sentence, B is replaced in half of the examples by sentences of
/// another document, and what was not used comes again; for the order, A and B are swapped in half.
/// Parts that are too long together lose tokens at random ends of the longer one. Without a second
/// task, an example is [CLS] and as many tokens of the document as fit and [SEP]; none is lost.
///
/// - Source: Devlin et al. 2019, §3.1, and `create_pretraining_data.py` of their release; sentence
///   order: Lan et al. 2020, §3.1.
struct MaskedExamples: ExampleMaker {
  let source: TokenSource
  let objective: ObjectiveRecipe
  let vocabulary: MaskingVocabulary
  let contextLength: Int
  let overhang = 0

  /// The tokens of an example that are not special.
  private var capacity: Int { contextLength - (objective.next == .none ? 2 : 3) }
  /// Half of it, so that a sentence without end still makes two parts.
  private var longestPiece: Int { (capacity + 1) / 2 }

  func appendExamples(
    of document: Int, from offset: Int, until tokenCount: Int, _ random: inout RandomStream,
    to list: inout ExampleList
  ) -> Int? {
    let positions = source.document(document)
    if objective.next == .none {
      return appendPieces(of: positions, from: offset, until: tokenCount, &random, to: &list)
    }
    var walker = SentenceWalker(
      source.sentences(document), longest: longestPiece, from: positions.lowerBound + offset)
    var chunk: [Range<Int>] = []
    while list.tokenCount < tokenCount {
      let target = targetLength(&random)
      var length = 0
      chunk.removeAll(keepingCapacity: true)
      while length < target, let piece = walker.next() {
        chunk.append(piece)
        length += piece.count
      }
      guard !chunk.isEmpty else { return nil }
      switch objective.next {
      case .sentenceOrder: appendOrdered(chunk, &random, to: &list)
      default:
        if let unused = appendNext(chunk, target, document, &random, to: &list) {
          walker.seek(to: unused)
        }
      }
    }
    return walker.position - positions.lowerBound
  }

  private func targetLength(_ random: inout RandomStream) -> Int {
    random.uniform() < objective.shortSequenceRate ? 2 + random.below(capacity - 1) : capacity
  }

  private func appendPieces(
    of positions: Range<Int>, from offset: Int, until tokenCount: Int,
    _ random: inout RandomStream, to list: inout ExampleList
  ) -> Int? {
    var start = positions.lowerBound + offset
    while start < positions.upperBound {
      guard list.tokenCount < tokenCount else { return start - positions.lowerBound }
      let end = min(start + targetLength(&random), positions.upperBound)
      list.append { ids in
        ids.append(vocabulary.classifierId)
        source.append(start..<end, to: &ids)
        ids.append(vocabulary.separatorId)
        return end - start + 2
      }
      start = end
    }
    return nil
  }
}

// MARK: - Two parts

extension MaskedExamples {
  /// Appends an example whose second part may come from another document.
  ///
  /// - Returns: The position to go on from if part of the chunk was not used.
  private func appendNext(
    _ chunk: [Range<Int>], _ target: Int, _ document: Int, _ random: inout RandomStream,
    to list: inout ExampleList
  ) -> Int? {
    let split = chunk.count > 1 ? 1 + random.below(chunk.count - 1) : 1
    let first = chunk[0].lowerBound..<chunk[split - 1].upperBound
    let isRandom = chunk.count == 1 || random.uniform() < 0.5
    if isRandom, let other = self.other(than: document, &random) {
      let second = randomSentences(of: other, target - first.count, &random)
      append(first, second, nextLabel: 1, &random, to: &list)
      return split < chunk.count ? chunk[split].lowerBound : nil
    }
    guard chunk.count > 1 else { return nil }
    let second = chunk[split].lowerBound..<chunk[chunk.count - 1].upperBound
    append(first, second, nextLabel: 0, &random, to: &list)
    return nil
  }

  /// Appends an example whose parts may be swapped; a lone piece is split at a random token.
  private func appendOrdered(
    _ chunk: [Range<Int>], _ random: inout RandomStream, to list: inout ExampleList
  ) {
    let all = chunk[0].lowerBound..<chunk[chunk.count - 1].upperBound
    guard all.count > 1 else { return }
    let split =
      chunk.count > 1
      ? chunk[1 + random.below(chunk.count - 1)].lowerBound
      : all.lowerBound + 1 + random.below(all.count - 1)
    let (first, second) = (all.lowerBound..<split, split..<all.upperBound)
    if random.uniform() < 0.5 {
      append(second, first, nextLabel: 1, &random, to: &list)
    } else {
      append(first, second, nextLabel: 0, &random, to: &list)
    }
  }

  /// Another document that is not empty; nil if a search finds none.
  private func other(than document: Int, _ random: inout RandomStream) -> Int? {
    let start = random.below(source.documentCount)
    // Empty documents are rare; a corpus made of them shall not be searched whole every time.
    for step in 0..<min(source.documentCount, 1000) {
      let candidate = (start + step) % source.documentCount
      if candidate != document, !source.document(candidate).isEmpty { return candidate }
    }
    return nil
  }

  /// Sentences of a document from a random one on, of at least `count` tokens unless it ends.
  private func randomSentences(
    of document: Int, _ count: Int, _ random: inout RandomStream
  ) -> Range<Int> {
    let sentences = source.sentences(document)
    let start = sentences[random.below(sentences.count)].lowerBound
    var walker = SentenceWalker(sentences, longest: longestPiece, from: start)
    var end = start
    repeat {
      guard let piece = walker.next() else { break }
      end = piece.upperBound
    } while end - start < count
    return start..<end
  }

  private func append(
    _ first: Range<Int>, _ second: Range<Int>, nextLabel: Int32, _ random: inout RandomStream,
    to list: inout ExampleList
  ) {
    let (first, second) = truncated(first, second, &random)
    list.append(nextLabel: nextLabel) { ids in
      ids.append(vocabulary.classifierId)
      source.append(first, to: &ids)
      ids.append(vocabulary.separatorId)
      source.append(second, to: &ids)
      ids.append(vocabulary.separatorId)
      return first.count + 2
    }
  }

  /// Takes tokens off random ends of the longer part until both fit.
  private func truncated(
    _ first: Range<Int>, _ second: Range<Int>, _ random: inout RandomStream
  ) -> (Range<Int>, Range<Int>) {
    var (first, second) = (first, second)
    while first.count + second.count > capacity {
      let atFront = random.uniform() < 0.5
      if first.count > second.count {
        first = atFront ? first.dropFirst() : first.dropLast()
      } else {
        second = atFront ? second.dropFirst() : second.dropLast()
      }
    }
    return (first, second)
  }
}

// MARK: - Batches

extension MaskedExamples {
  func batch(of examples: [Int], in list: ExampleList, _ key: RandomKey) -> PretrainingBatch {
    let masker = TokenMasker(
      vocabulary: vocabulary, rate: objective.maskingRate, wholeWord: objective.wholeWord)
    var random = RandomStream(key)
    var batch = PretrainingBatch(targets: .masked(positions: [], labels: []))
    var positions: [Int] = []
    var labels: [Int32] = []
    for example in examples {
      let start = batch.ids.count
      let range = list.range(example)
      let boundary = list.boundaries[example]
      batch.ids += list.ids[range]
      batch.segmentIds += repeatElement(0, count: boundary)
      batch.segmentIds += repeatElement(1, count: range.count - boundary)
      batch.offsets.append(batch.ids.count)
      if objective.next != .none { batch.nextLabels.append(list.nextLabels[example]) }
      masker.mask(&batch.ids, from: start, &random, positions: &positions, labels: &labels)
    }
    batch.targets = .masked(positions: positions, labels: labels)
    return batch
  }
}
