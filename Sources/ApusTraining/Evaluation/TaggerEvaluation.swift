import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText

/// How well a tagger does on tagged sentences.
public struct TaggerScore: Sendable {
  public var tagging = TaggingScore()
  /// The mean −ln P of the tags, in nats a word, over the sentences without unknown tags.
  public var loss = 0.0
  /// How often tags come that the model does not have.
  ///
  /// It can't give them, so that their words count as wrong and their entities as not found.
  public var unknownTags: [String: Int] = [:]
}

extension WordTagger {
  /// Tags the words of sentences and compares.
  ///
  /// Tags of entities are brought into the scheme of the model on both sides.
  ///
  /// - Throws: `InputError` naming the row of a tag that is none of entities, for a model of such.
  public func score(
    on corpus: TaggedCorpus, _ precision: Mode.Precision = .fp32
  ) throws -> TaggerScore {
    if config.scheme != nil { try corpus.requireEntities() }
    let expected = corpus.sentences.map { config.scheme?.converted($0.tags) ?? $0.tags }
    let labels = config.labels
    var score = TaggerScore()
    for tag in expected.joined() where labels[tag] == nil {
      score.unknownTags[tag, default: 0] += 1
    }

    var (nats, wordCount) = (0.0, 0)
    var order = LengthBatches(
      lengths: corpus.sentences.map(\.words.count), size: .tokens(4096), order: .once)
    while let numbers = order.next() {
      let emissions = withoutGradients {
        self.emissions(
          numbers.map { sentence(corpus.sentences[$0].words) }, .evaluation(precision))
      }
      let predicted = self.labels(emissions)
      let known = numbers.map { number -> [Int32]? in
        let known = expected[number].compactMap { labels[$0] }
        return known.count == expected[number].count ? known : nil
      }
      // A sentence with an unknown tag counts no loss; its best labels stand in for its own.
      let counted = zip(known, predicted).flatMap { $0 ?? $1.map(Int32.init) }
      let losses = withoutGradients { self.losses(emissions, labels: Tensor(counted)) }
      for (index, number) in numbers.enumerated() {
        score.tagging.add(
          predicted: predicted[index].map { config.tags[$0] }, expected: expected[number])
        guard let known = known[index] else { continue }
        nats += Double(losses.rows(index..<index + 1).scalar)
        wordCount += known.count
      }
    }
    score.loss = nats / Double(max(1, wordCount))
    return score
  }
}
