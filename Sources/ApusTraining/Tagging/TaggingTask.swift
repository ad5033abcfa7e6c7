import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText

/// Learning to tag words from tagged sentences.
///
/// Where the tags say entities they are brought into the recipe's scheme, and the best model is that
/// of the highest F1 on the validation data; where not, that of the highest accuracy.
public struct TaggingTask: TrainingTask {
  public let config: TaggerConfig
  public let lexicon: TaggerLexicon
  public let start: StartingPoint
  private let tokenizer: Tokenizer?
  private let training: TrainingRecipe
  private let unknownRate: Float
  private let examples: [TaggingExample]
  private let validation: TaggedCorpus?
  /// Whether the training data have the word of a number once.
  private let isSingle: [Bool]

  /// - Parameters:
  ///   - recipe: What is trained and how; its model is a tagger.
  ///   - corpus: The sentences to learn from.
  ///   - validation: Those to measure on.
  ///   - network: The pretrained network that the recipe asks for.
  ///   - vectors: First values of words' own vectors.
  ///   - report: Told what was found.
  /// - Throws: `InputError` naming the row of a tag that is none of entities among some that are; for
  ///   a recipe of another model, or a network or vectors that do not fit it.
  public init(
    _ recipe: Recipe, training corpus: TaggedCorpus, validation: TaggedCorpus?,
    encoder network: PretrainedNetwork? = nil, vectors: GivenVectors? = nil,
    report: (String) -> Void = { _ in }
  ) throws {
    guard case .tagger(let section) = recipe.model else {
      throw InputError(expected: "a recipe of a tagger", found: recipe.model.kindName)
    }
    try section.require(network)
    let scheme = try corpus.hasEntities() ? section.scheme : nil
    if scheme != nil { try validation?.requireEntities() }
    let tagged = corpus.sentences.map { scheme?.converted($0.tags) ?? $0.tags }
    let words = corpus.sentences.map(\.words)
    lexicon = TaggerLexicon(of: words)
    config = section.configuration(
      TaggerConfig(
        tags: Self.tags(of: tagged), scheme: scheme, wordCount: lexicon.wordCount,
        characterCount: lexicon.characterCount), network?.config)
    tokenizer = network?.tokenizer
    start = try Self.start(
      section, lexicon, network, vectors, seed: UInt64(recipe.training.seed), report)
    training = recipe.training
    unknownRate = Float(section.unknownRate)
    self.validation = validation
    let labels = config.labels
    // What words are read as does not depend on weights.
    let reader = WordTagger(
      config, lexicon, tokenizer, in: ParameterStore(seed: 0, from: start).root)
    examples = zip(words, tagged).map { words, tags in
      TaggingExample(sentence: reader.sentence(words), labels: tags.map { labels[$0] ?? 0 })
    }
    var counts = [Int](repeating: 0, count: lexicon.wordCount)
    for id in examples.lazy.flatMap(\.sentence.ids) { counts[Int(id)] += 1 }
    isSingle = counts.map { $0 == 1 }
  }

  /// The weights of a pretrained network and vectors of words, and what of them stays.
  private static func start(
    _ section: TaggerRecipe, _ lexicon: TaggerLexicon, _ network: PretrainedNetwork?,
    _ vectors: GivenVectors?, seed: UInt64, _ report: (String) -> Void
  ) throws -> StartingPoint {
    var start = StartingPoint()
    let place = WordTagger.encoderScope + "."
    if network != nil { start.encoder = place }
    for (name, value) in network?.weights ?? [] { start.values[place + name] = value }
    if !section.fineTunesEncoder { start.frozen.append(NamePattern(place + "*")) }
    let table = WordTagger.wordTableName
    start.values[table] = try vectors?.table(
      of: [nil] + lexicon.words, size: section.wordSize, as: "model.wordSize",
      RandomKey(seed: seed, name: table), report)
    if section.freezesEmbeddings { start.frozen.append(NamePattern(table)) }
    return start
  }

  /// All tags, the most frequent first.
  private static func tags(of sentences: [[String]]) -> [String] {
    var counts: [String: Int] = [:]
    for tag in sentences.joined() { counts[tag, default: 0] += 1 }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
  }

  public var labels: [String] { config.tags }

  public var batchCountOfEpoch: Int? { batches(order: .once).batchCountOfEpoch }

  public func model(in scope: Scope) -> WordTagger {
    WordTagger(config, lexicon, tokenizer, in: scope)
  }

  public func batches(from cursor: BatchCursor) throws -> TaggingBatches {
    batches(order: .shuffled(seed: UInt64(training.seed)), from: cursor)
  }

  private func batches(
    order: BatchOrder, from cursor: BatchCursor = BatchCursor()
  ) -> TaggingBatches {
    TaggingBatches(examples, size: training.batchSize, order: order, from: cursor)
  }

  public func loss(
    _ batch: TaggingBatch, _ model: WordTagger, carrying carried: inout [Tensor],
    _ mode: Mode, of counts: TargetCounts
  ) -> TaskLoss {
    let emissions = model.emissions(forgettingSingles(batch.sentences, mode), mode)
    let nats = model.losses(emissions, labels: batch.labels).sum()
    return TaskLoss(total: nats * Tensor(1 / Float(counts.tokens)))
  }

  /// Some words of those that came once as unknown ones, so that the model learns what to make of
  /// such.
  func forgettingSingles(
    _ sentences: [SpelledSentence], _ mode: Mode
  ) -> [SpelledSentence] {
    guard let dropped = mode.dropped(rate: unknownRate, "singles") else { return sentences }
    var random = RandomStream(dropped.key)
    return sentences.map { sentence in
      var sentence = sentence
      for index in sentence.ids.indices where isSingle[Int(sentence.ids[index])] {
        if random.uniform() < Double(unknownRate) { sentence.ids[index] = 0 }
      }
      return sentence
    }
  }

  public func score(
    _ model: WordTagger, _ precision: Mode.Precision
  ) throws -> ValidationScore? {
    guard let validation else { return nil }
    let score = try model.score(on: validation, precision)
    let all = score.tagging.all
    let accuracy = (name: "accuracy", value: score.tagging.accuracy)
    guard config.scheme != nil else {
      return ValidationScore(loss: score.loss, metrics: [accuracy], quality: accuracy.value)
    }
    return ValidationScore(
      loss: score.loss,
      metrics: [
        ("f1", all.f1), ("precision", all.precision), ("recall", all.recall), accuracy,
      ], quality: all.f1)
  }

  public func save(
    _ model: WordTagger, _ weights: [(name: String, value: Tensor)], to path: String
  ) throws {
    try model.save(weights, to: path)
  }
}

extension TaggerConfig {
  /// The number of each tag.
  var labels: [String: Int32] {
    Dictionary(uniqueKeysWithValues: zip(tags, 0...))
  }
}
