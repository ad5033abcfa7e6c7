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
  /// All tags that words can get.
  public var tags: [String] { model.config.tags }
  private let model: WordTagger
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
    model = try WordTagger.load(directory).model
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
        hasEntities: model.config.scheme != nil)
    }
  }

  /// Tags sentences that are cut into words: a tag for each word.
  public func tag(words sentences: [[String]]) -> [[String]] {
    let full = sentences.indices.filter { !sentences[$0].isEmpty }
    let found = LengthBatches.results(
      ofLengths: full.map { sentences[$0].count }, tokens: Self.batchWordCount
    ) { numbers in model.tags(numbers.map { model.sentence(sentences[full[$0]]) }, mode) }
    var tags = [[String]](repeating: [], count: sentences.count)
    for (number, sentenceTags) in zip(full, found) { tags[number] = sentenceTags }
    return tags
  }
}
