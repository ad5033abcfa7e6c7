import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText
import ApusTraining

/// Finds entities, slots or parts of speech in text.
///
/// ```swift
/// let tagger = try Tagger("runs/names")
/// for entity in tagger.tag("U.N. official Ekeus heads for Baghdad.").entities {
///   print(entity.type, entity.text, entity.characters)
/// }
/// ```
///
/// A sentence gets the same tags whatever others it is tagged with. A tagger is a value that may be
/// used from many tasks at once.
public struct Tagger: Sendable {
  private let model: Model

  private enum Model: Sendable {
    case tagger(WordTagger, Mode)
    case task(TaskPredictor)
  }

  /// Words that run through the model together.
  private static let batchWordCount = 4096

  /// Loads a model directory.
  ///
  /// - Parameters:
  ///   - directory: That of a tagger of `apus train`, or of a fine-tuned model with a tagging task.
  ///   - task: Which task of a fine-tuned model; it may be left out if there is one.
  ///   - precision: fp32, bf16 or int8.
  /// - Throws: `FileError` if a file can't be read; `InputError` naming what does not fit.
  public init(
    _ directory: String, task: String? = nil, precision: Mode.Precision = .fp32
  ) throws {
    guard precision != .bf16 || Processor.supportsBFloat16 else {
      throw InputError(expected: "fp32 or int8 on a processor without AVX-512", found: "bf16")
    }
    if try ModelDirectory.isFineTuned(directory) {
      let predictor = try TaskPredictor(directory, task: task, precision: precision)
      try predictor.require(.tagging, of: directory)
      model = .task(predictor)
    } else {
      if let task {
        throw InputError(
          file: directory, expected: "a fine-tuned model with a task \(task)", found: "none")
      }
      model = .tagger(try WordTagger.load(directory).model, .evaluation(precision))
    }
  }

  /// All tags that words can get.
  public var tags: [String] {
    switch model {
    case .tagger(let tagger, _): tagger.config.tags
    case .task(let predictor): predictor.task.labels
    }
  }

  /// Whether tags say where entities are.
  private var hasEntities: Bool {
    switch model {
    case .tagger(let tagger, _): tagger.config.scheme != nil
    case .task(let predictor): predictor.task.scheme != nil
    }
  }

  /// Cuts a text into sentences and words and tags them.
  public func tag(_ text: String) -> TaggedText { tag([text])[0] }

  /// Cuts each text into sentences and words and tags them.
  public func tag(_ texts: [String]) -> [TaggedText] {
    let sentences = texts.map(WordSplitter.sentences)
    let tags = tag(words: sentences.joined().map { $0.map(\.text) })
    var next = tags.startIndex
    return zip(texts, sentences).map { text, sentences in
      defer { next += sentences.count }
      return TaggedText(
        text, sentences, tags[next..<next + sentences.count], hasEntities: hasEntities)
    }
  }

  /// Tags sentences that are cut into words; the text of each is its words with blanks between them.
  public func tag(sentences: [[String]]) -> [TaggedText] {
    zip(sentences, tag(words: sentences)).map { words, tags in
      var start = 0
      let placed = words.map { word in
        defer { start += word.unicodeScalars.count + 1 }
        return WordSplitter.Word(
          text: word, characters: start..<start + word.unicodeScalars.count)
      }
      return TaggedText(
        words.joined(separator: " "), [placed], [tags][...], hasEntities: hasEntities)
    }
  }

  /// Tags sentences that are cut into words: a tag for each word.
  public func tag(words sentences: [[String]]) -> [[String]] {
    let full = sentences.indices.filter { !sentences[$0].isEmpty }
    let found = tags(of: full.map { sentences[$0] })
    var tags = [[String]](repeating: [], count: sentences.count)
    for (number, sentenceTags) in zip(full, found) { tags[number] = sentenceTags }
    return tags
  }

  /// What the words of a sentence have to do with tags.
  ///
  /// - Parameters:
  ///   - words: A sentence that is cut into words.
  ///   - tag: One of `tags`; nil takes the tag that each word gets.
  ///   - word: Whose tag is asked about, from 0; nil for each word with a tag other than O.
  ///   - stepCount: The more steps, the closer scores come to adding up to what the words change.
  /// - Returns: An entry for each word that is asked about, with a score for each word of the sentence.
  /// - Throws: `InputError` for a tag or word that there is not.
  public func attributions(
    of words: [String], to tag: String? = nil, atWord word: Int? = nil, stepCount: Int = 64
  ) throws -> [AttributionPage.Entry] {
    switch model {
    case .task(let predictor):
      return try predictor.attributions(
        of: TaskText(.words(words)), to: tag, atWord: word, stepCount: stepCount)
    case .tagger(let tagger, _):
      let sentence = tagger.sentence(words)
      return try AskedTags(tag: tag, word: word).entries(
        words, self.tag(words: [words])[0], of: tags
      ) { tagger.attribution(of: sentence, to: $0, atWord: $1, stepCount: stepCount) }
    }
  }

  /// The tags of sentences that have words.
  private func tags(of sentences: [[String]]) -> [[String]] {
    switch model {
    case .tagger(let tagger, let mode):
      return LengthBatches.results(
        ofLengths: sentences.map(\.count), tokens: Self.batchWordCount
      ) { numbers in tagger.tags(numbers.map { tagger.sentence(sentences[$0]) }, mode) }
    case .task(let predictor):
      return predictor.answers(to: sentences.map { .words($0) }).map { answer in
        guard case .tags(let numbers) = answer else {
          preconditionFailure("Tagger: expected tags, got \(answer)")
        }
        return numbers.map { predictor.task.labels[$0] }
      }
    }
  }
}
