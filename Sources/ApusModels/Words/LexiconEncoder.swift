import ApusLayers
import ApusTensors

/// A vector for each word: its own, that of its spelling, and that of what its letters look like.
///
/// - Shapes: N words over B sentences → [N, outputSize]
/// - Source: Lample et al. 2016, §4.1.
public struct LexiconEncoder: WordEncoder {
  public let lexicon: TaggerLexicon
  public let outputSize: Int
  private let words: Embedding?
  private let spelling: SpellingEncoder?
  private let casings: Embedding?

  /// Creates the parts that the configuration gives a size.
  public init(_ config: TaggerConfig, _ lexicon: TaggerLexicon, in scope: Scope) {
    self.lexicon = lexicon
    words = Embedding(evenly: config.wordCount, size: config.wordSize, in: scope / "words")
    casings = Embedding(
      evenly: WordCasing.allCases.count, size: config.casingSize, in: scope / "casings")
    spelling = SpellingEncoder(config, in: scope)
    outputSize = config.wordSize + config.casingSize + (spelling?.outputSize ?? 0)
  }

  public func read(_ words: [String], into sentence: inout SpelledSentence) {
    lexicon.read(words, into: &sentence)
  }

  public func embedded(_ sentences: [SpelledSentence], _ mode: Mode) -> [Sequences] {
    func vectors(_ table: Embedding, _ ids: KeyPath<SpelledSentence, [Int32]>) -> Tensor {
      table(Tensor(sentences.flatMap { $0[keyPath: ids] })).converted(to: mode.scalarType)
    }
    var parts = words.map { [vectors($0, \.ids)] } ?? []
    if let spelling { parts.append(spelling(sentences.flatMap(\.spellings), mode)) }
    if let casings { parts.append(vectors(casings, \.casings)) }
    return [Sequences(concatenated(parts, axis: 1), lengths: sentences.map(\.count))]
  }

  public func states(
    embedded parts: [Sequences], of sentences: [SpelledSentence], _ mode: Mode
  ) -> Sequences { parts[0] }

  public func blanks(_ sentences: [SpelledSentence], _ mode: Mode) -> [BlankPart] {
    let count = sentences.reduce(0) { $0 + $1.count }
    return [BlankPart(rows: .zeros([count, outputSize]), owners: Array(0..<count))]
  }
}

/// A vector for the spelling of each word, from its characters.
///
/// Each spelling of a batch is gone through once, however often it comes.
///
/// - Shapes: characters of N words → [N, outputSize]
/// - Source: the last states of an LSTM in both directions: Lample et al. 2016, §4.1; the greatest
///   values of convolutions: Ma & Hovy 2016, §2.1.
struct SpellingEncoder: Layer {
  private enum Network {
    case recurrent(RecurrentNetwork)
    case convolution(Convolution, Dropout)
  }

  let outputSize: Int
  private let characters: Embedding
  private let network: Network

  /// The characters under a window, of Ma & Hovy 2016, table 1.
  private static let window = 3

  /// Nil for a configuration without characters.
  init?(_ config: TaggerConfig, in scope: Scope) {
    let (size, place) = (config.characterSize, scope / "spelling")
    guard config.characters != .none,
      let characters = Embedding(
        evenly: config.characterCount, size: size, in: scope / "characters")
    else { return nil }
    self.characters = characters
    if config.characters == .lstm {
      let options = RecurrentOptions(
        .lstm, inputSize: size, size: config.spellingSize, isBidirectional: true)
      network = .recurrent(RecurrentNetwork(options, in: place))
      outputSize = options.outputSize
    } else {
      // Windows reach beyond the ends as far as they touch a character.
      network = .convolution(
        Convolution(
          size, config.spellingSize, over: Window(Self.window, padding: Self.window - 1), in: place),
        Dropout(config.dropout, in: place))
      outputSize = config.spellingSize
    }
  }

  func callAsFunction(_ spellings: [[Int32]], _ mode: Mode) -> Tensor {
    var distinct = DistinctSequences()
    let numbers = Tensor(spellings.map { distinct.number(of: $0) })
    let embedded = Sequences(ids: distinct.sequences).map {
      characters($0).converted(to: mode.scalarType)
    }
    switch network {
    case .recurrent(let network):
      let (_, last) = network(embedded, mode)
      return concatenated(last.map(\.hidden), axis: 1).gathered(numbers)
    case .convolution(let convolution, let dropout):
      return convolution(embedded.map { dropout($0, mode) }).maxima.tanh().gathered(numbers)
    }
  }
}

extension Embedding {
  /// A table whose values have the variance of those of the same size by xavierUniform (Ma & Hovy
  /// 2016, §3.1); nil for vectors without values.
  fileprivate init?(evenly count: Int, size: Int, in scope: Scope) {
    guard size > 0 else { return nil }
    self.init(count: count, size: size, .uniform((3 / Float(size)).squareRoot()), in: scope)
  }
}
