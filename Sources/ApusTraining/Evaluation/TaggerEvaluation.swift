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

extension LoadedTagger {
  /// Tags the words of sentences and compares.
  ///
  /// Tags of entities are brought into the scheme of the model on both sides.
  ///
  /// - Throws: `InputError` naming the row of a tag that is none of entities, for a model of such.
  public func score(
    on corpus: TaggedCorpus, _ precision: Mode.Precision = .fp32
  ) throws -> TaggerScore {
    if model.config.scheme != nil { try corpus.requireEntities() }
    let expected = corpus.sentences.map { model.config.scheme?.converted($0.tags) ?? $0.tags }
    let labels = model.config.labels
    var score = TaggerScore()
    for tag in expected.joined() where labels[tag] == nil {
      score.unknownTags[tag, default: 0] += 1
    }

    var (nats, wordCount) = (0.0, 0)
    var order = LengthBatches(
      lengths: corpus.sentences.map(\.words.count), size: .tokens(4096), order: .once)
    while let numbers = order.next() {
      let sentences = numbers.map { lexicon.spelled(corpus.sentences[$0].words) }
      let predicted = withoutGradients {
        model.tags(SpelledWords(sentences), .evaluation(precision))
      }
      for (number, tags) in zip(numbers, predicted) {
        score.tagging.add(predicted: tags, expected: expected[number])
      }
      let known = zip(sentences, numbers).compactMap { sentence, number in
        let labels = expected[number].compactMap { labels[$0] }
        return labels.count == sentence.count
          ? TaggingExample(sentence: sentence, labels: labels) : nil
      }
      guard !known.isEmpty else { continue }
      let loss = withoutGradients {
        model.loss(
          SpelledWords(known.map(\.sentence)), labels: Tensor(known.flatMap(\.labels)),
          .evaluation(precision))
      }
      nats += Double(loss.scalar)
      wordCount += known.reduce(0) { $0 + $1.labels.count }
    }
    score.loss = nats / Double(max(1, wordCount))
    return score
  }
}
