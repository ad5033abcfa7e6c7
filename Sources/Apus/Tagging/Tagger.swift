import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText

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
  /// All tags that words can get.
  public var tags: [String] { tagger.model.config.tags }
  private let tagger: LoadedTagger
  private let mode: Mode

  /// Words that run through the model together.
  private static let batchWordCount = 4096

  /// Loads the model directory of a tagger.
  ///
  /// - Throws: `FileError` if a file can't be read; `InputError` naming what does not fit.
  public init(_ directory: String, precision: Mode.Precision = .fp32) throws {
    guard precision != .bf16 || Processor.supportsBFloat16 else {
      throw InputError(expected: "fp32 or int8 on a processor without AVX-512", found: "bf16")
    }
    tagger = try ModelDirectory.loadTagger(directory).tagger
    mode = .evaluation(precision)
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
        text, sentences, tags[next..<next + sentences.count],
        hasEntities: tagger.model.config.scheme != nil)
    }
  }

  /// Tags sentences that are cut into words: a tag for each word.
  public func tag(words sentences: [[String]]) -> [[String]] {
    var tags = [[String]](repeating: [], count: sentences.count)
    let order = sentences.indices.filter { !sentences[$0].isEmpty }
      .sorted { (sentences[$0].count, $0) < (sentences[$1].count, $1) }
    var batch: [Int] = []
    var wordCount = 0
    func run() {
      guard !batch.isEmpty else { return }
      let words = SpelledWords(batch.map { tagger.lexicon.spelled(sentences[$0]) })
      let found = withoutGradients { tagger.model.tags(words, mode) }
      for (number, sentenceTags) in zip(batch, found) { tags[number] = sentenceTags }
    }
    for number in order {
      if wordCount + sentences[number].count > Self.batchWordCount {
        run()
        (batch, wordCount) = ([], 0)
      }
      batch.append(number)
      wordCount += sentences[number].count
    }
    run()
    return tags
  }
}
