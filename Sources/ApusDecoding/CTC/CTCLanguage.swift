import ApusFiles

/// What is known about the texts of utterances besides their sound.
///
/// - Source: α and β are those of Hannun et al. 2014 (DeepSpeech), §2; hot words and unknown words are
///   weighed as pyctcdecode does.
public struct CTCLanguage: Sendable {
  /// A language model and its weights.
  public struct Fusion: Sendable {
    let model: NGramModel
    /// What the model takes for a word.
    public let unit: NGramUnit
    /// What the model's logarithm of a probability, in nats, counts for.
    public var alpha: Double
    /// What each word, or character of a model of characters, adds.
    public var beta: Double
    /// What a word that the model does not know adds to its base-10 logarithm, and what a beginning
    /// of such a word adds as long as it is not ended, in nats.
    public var unknownPenalty = -10.0

    /// Without a unit it is what the model seems to take for a word.
    public init(
      _ model: NGramModel, alpha: Double = 0.5, beta: Double = 1.5, unit: NGramUnit? = nil
    ) {
      self.model = model
      self.unit = unit ?? model.unit
      self.alpha = alpha
      self.beta = beta
    }
  }

  public private(set) var fusion: Fusion?
  private let unit: NGramUnit
  /// The words of the model; nil without one of words.
  private let vocabulary: WordTrie?
  private let lexicon: WordTrie?
  private let hotWords: WordTrie?
  private let hotWeight: Double
  private let roles: [CTCAlphabet.Role]
  private let letters: [[UInt8]]
  /// The words that a class is for a model of characters.
  private let characters: [[Int32]]

  /// - Parameters:
  ///   - alphabet: What the classes stand for.
  ///   - fusion: A language model of words or characters, and its weights.
  ///   - lexicon: The only words that there are; nil for any.
  ///   - hotWords: Words that are likelier than their sound.
  ///   - hotWeight: What each of them adds, in nats.
  /// - Throws: `InputError` for weights that are no numbers, an empty lexicon, and for words where
  ///   the alphabet parts none.
  public init(
    _ alphabet: CTCAlphabet, fusion: Fusion? = nil, lexicon: [String]? = nil,
    hotWords: [String] = [], hotWeight: Double = 10
  ) throws(InputError) {
    try Self.check([fusion?.alpha, fusion?.beta, fusion?.unknownPenalty, hotWeight])
    guard lexicon?.isEmpty != true else {
      throw InputError(expected: "a lexicon of at least one word", found: "none")
    }
    unit = fusion?.unit ?? .word
    let partsWords = alphabet.roles.contains { $0 != .continues }
    let needsWords = lexicon != nil || !hotWords.isEmpty || (fusion != nil && unit == .word)
    guard partsWords || !needsWords else {
      throw InputError(
        expected: "an alphabet that parts words, for a model of words, a lexicon or hot words",
        found: "\(alphabet.tokens.count) classes that do not")
    }
    self.fusion = fusion
    if let model = fusion?.model, unit == .word {
      vocabulary = WordTrie(
        model.vocabulary.enumerated().lazy
          .filter { !NGramWord.special.contains($0.element) }
          .map { (word: Int32($0.offset), text: $0.element) })
    } else {
      vocabulary = nil
    }
    self.lexicon = lexicon.map(Self.trie)
    let hot = hotWords.flatMap { $0.split(whereSeparator: \.isWhitespace) }
    self.hotWords = hot.isEmpty ? nil : Self.trie(hot.map(String.init))
    self.hotWeight = hotWeight
    roles = alphabet.roles
    letters = alphabet.letters
    characters = zip(alphabet.roles, alphabet.letters).map { role, letters in
      guard let model = fusion?.model else { return [] }
      let mark = role == .continues ? "" : CTCAlphabet.wordMark
      return (mark + String(decoding: letters, as: UTF8.self)).unicodeScalars.map {
        model.id(of: String($0))
      }
    }
  }

  /// The same with other weights of the language model.
  func weighted(alpha: Double, beta: Double) throws(InputError) -> CTCLanguage {
    try Self.check([alpha, beta])
    var language = self
    language.fusion?.alpha = alpha
    language.fusion?.beta = beta
    return language
  }

  private static func check(_ weights: [Double?]) throws(InputError) {
    for weight in weights where weight?.isFinite == false {
      throw InputError(expected: "finite weights", found: "\(weight ?? .nan)")
    }
  }

  private static func trie(_ words: [String]) -> WordTrie {
    WordTrie(words.lazy.map { (word: 0, text: Array($0.utf8)) })
  }

  /// What is known about a prefix.
  struct State {
    /// The language model's context.
    var context: NGramModel.Context?
    /// Of the words that are ended, or all characters.
    var score = 0.0
    /// Of the word that is not, as long as it is not.
    var pending = 0.0
    /// Where that word is among those of the model, the lexicon and the hot ones.
    var vocabulary = WordTrie.root
    var lexicon = WordTrie.root
    var hot = WordTrie.root
    /// Its length in bytes.
    var letterCount: Int32 = 0
    /// Stands for its labels, and for those of the word before it.
    var wordHash: UInt64 = 0
    var lastHash: UInt64 = 0

    var total: Double { score + pending }

    /// Stands for all that what comes behind a prefix depends on: the language model's context, or the
    /// last word without one, and the word that is not ended.
    var future: UInt64 {
      let past = context.map { UInt64(UInt32(bitPattern: $0.node)) } ?? lastHash
      return Self.mixed(past, with: wordHash)
    }

    static func mixed(_ hash: UInt64, with value: UInt64) -> UInt64 {
      // 2^64 / φ, and the high bits brought down; not the same the other way round.
      let rotated = hash << 23 | hash >> 41
      let product = (rotated ^ (value &+ 1)) &* 0x9E37_79B9_7F4A_7C15
      return product ^ product >> 29
    }
  }

  var start: State { State(context: fusion?.model.start) }

  /// Whether nothing is known.
  var isSilent: Bool { fusion == nil && lexicon == nil && hotWords == nil }

  /// The state of a prefix with a label behind it; nil if the lexicon has no such word.
  func extended(_ state: State, by label: Int32) -> State? {
    var next = state
    if roles[Int(label)] != .continues {
      guard let ended = withWordEnded(state) else { return nil }
      next = ended
    }
    if unit == .character, let fusion, var context = next.context {
      // A separator that nothing was before is none for the model.
      let isLeading = state.letterCount == 0 && roles[Int(label)] != .continues
      for word in characters[Int(label)].dropFirst(isLeading ? 1 : 0) {
        let score = fusion.model.score(word, after: context)
        next.score += fusion.alpha * naturalOfTen * Double(score.logProbability) + fusion.beta
        context = score.context
      }
      next.context = context
    }
    let letters = letters[Int(label)]
    guard !letters.isEmpty else { return next }
    next.wordHash = State.mixed(next.wordHash, with: UInt64(label) + 1)
    next.letterCount += Int32(letters.count)
    if let lexicon {
      next.lexicon = lexicon.step(next.lexicon, letters)
      guard next.lexicon >= 0 else { return nil }
    }
    next.pending = 0
    if let hotWords { next.hot = hotWords.step(next.hot, letters) }
    if let vocabulary { next.vocabulary = vocabulary.step(next.vocabulary, letters) }
    if let hotWords, next.hot >= 0 {
      next.pending =
        hotWeight * Double(next.letterCount) / Double(hotWords.shortest[Int(next.hot)])
    } else if vocabulary != nil, next.vocabulary < 0 {
      next.pending = fusion?.unknownPenalty ?? 0
    }
    return next
  }

  /// The state at the end of an utterance; nil if the lexicon does not have the last word.
  func ended(_ state: State) -> State? {
    guard var next = withWordEnded(state) else { return nil }
    if let fusion, let context = next.context {
      let end = fusion.model.score(fusion.model.end, after: context)
      next.score += fusion.alpha * naturalOfTen * Double(end.logProbability)
    }
    return next
  }

  private func withWordEnded(_ state: State) -> State? {
    guard state.letterCount > 0 else { return state }
    if let lexicon, lexicon.word(state.lexicon) == nil { return nil }
    var next = State(context: state.context, score: state.score)
    next.lastHash = state.wordHash
    if let hotWords, hotWords.word(state.hot) != nil { next.score += hotWeight }
    if let vocabulary, let fusion, let context = state.context {
      let word = vocabulary.word(state.vocabulary)
      let score = fusion.model.score(word ?? NGramModel.unknown, after: context)
      let logarithm = Double(score.logProbability) + (word == nil ? fusion.unknownPenalty : 0)
      next.score += fusion.alpha * naturalOfTen * logarithm + fusion.beta
      next.context = score.context
    }
    return next
  }
}
