import ApusDecoding
import ApusFiles
import ApusTensors

/// How words are searched for in what a recogniser's network says.
public struct SpeechSearchOptions: Sendable {
  /// The readings that are followed at once.
  public var width = 100
  /// A language model in ARPA or binary form; nil for none.
  public var languageModel: String?
  /// What the language model's logarithm of a probability counts for.
  public var alpha = 0.5
  /// What each word adds, in nats.
  public var beta = 1.5
  /// The only words there are; nil for any.
  public var lexicon: [String]?
  /// Words that are likelier than their sound.
  public var hotWords: [String] = []
  /// What each of them adds, in nats.
  public var hotWeight = 10.0

  public init() {}
}

/// A search with its language model in memory.
public struct SpeechSearch: Sendable {
  private let classes: CTCAlphabet
  private let options: CTCBeamOptions
  private let language: CTCLanguage

  /// - Throws: `FileError` if the language model can't be read; `InputError` for options that can't be
  ///   used.
  public init(_ options: SpeechSearchOptions, over classes: CTCAlphabet) throws {
    self.classes = classes
    self.options = try CTCBeamOptions(width: options.width)
    let fusion = try options.languageModel.map {
      CTCLanguage.Fusion(
        try NGramModel(contentsOf: $0), alpha: options.alpha, beta: options.beta)
    }
    language = try CTCLanguage(
      classes, fusion: fusion, lexicon: options.lexicon, hotWords: options.hotWords,
      hotWeight: options.hotWeight)
  }

  /// A search at the beginning of an utterance.
  public var start: CTCBeamSearch { CTCBeamSearch(classes, options, language) }

  /// The best reading of a whole utterance.
  ///
  /// - Parameter logits: [T, V]
  /// - Returns: Its words with blanks between them.
  /// - Throws: `InputError` naming the frame where logits are no numbers.
  func text(of logits: Tensor) throws(InputError) -> String {
    var search = start
    try search.add(logits)
    return search.finished().first?.text ?? ""
  }
}
