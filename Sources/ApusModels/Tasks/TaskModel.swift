import ApusFiles
import ApusLayers
import ApusTensors
import ApusText

/// One task of a fine-tuned model: how it reads texts, and what its head says of them.
public struct TaskModel: Layer {
  /// A text, a pair of texts, or the words of a sentence, as the model takes it.
  public struct Input: Sendable {
    /// One passage, or those of the two texts of a pair that are read apart.
    public var passages: [Passage]
    /// What a frozen encoder makes of them, where that is at hand.
    var kept: KeptFeatures?

    public init(_ passages: [Passage]) { self.passages = passages }

    /// The tokens or words.
    public var count: Int { passages.reduce(0) { $0 + $1.count } }
  }

  public let config: TaskConfig
  /// What cuts texts into tokens; nil over an encoder of words.
  public let reader: PassageReader?
  let encoder: Source
  private let isEncoderFrozen: Bool
  /// The values of a state.
  private let stateSize: Int
  private let dropout: Dropout
  private let head: Head

  /// Where states come from.
  enum Source: Sendable {
    case tokens(any TokenEncoder)
    case words(any WordEncoder)
  }

  private enum Head: Sendable {
    case vector(TextFeatures, Linear)
    case looks(StochasticAnswers)
    case words(TaggingHead)
    case span(Linear)
    case language(LanguageHead)
  }

  /// - Parameters:
  ///   - config: The task.
  ///   - network: What is under all tasks.
  ///   - reader: Nil over an encoder of words.
  ///   - isEncoderFrozen: Whether the network runs as in evaluation, in training too.
  ///   - scope: Where the weights of the task are created.
  init(
    _ config: TaskConfig, over network: SharedNetwork, _ reader: PassageReader?,
    isEncoderFrozen: Bool, in scope: Scope
  ) {
    self.config = config
    self.reader = reader
    self.isEncoderFrozen = isEncoderFrozen
    let size: Int
    var pooler: Pooler?
    if config.kind != .tagging, case .tokens(let tokens) = network {
      (encoder, size, pooler) = (.tokens(tokens), tokens.outputSize, tokens.pooler)
    } else {
      let words = network.words(reader?.tokenizer, isFrozen: isEncoderFrozen, in: scope)
      (encoder, size) = (.words(words), words.outputSize)
    }
    stateSize = size
    dropout = Dropout(config.dropout, in: scope / "drop")
    let outputs = config.outputCount
    switch config.kind {
    case .classification where config.head == .stochasticAnswers:
      head = .looks(
        StochasticAnswers(
          size: size, labelCount: outputs, lookCount: config.lookCount, dropout: config.dropout,
          in: scope / "looks"))
    case .classification, .multilabel, .similarity, .ranking, .choice:
      let isApart = config.isPair && reader?.joinsPairs != true
      head = .vector(
        TextFeatures(config.pooling, size: size, pooler: pooler, in: scope),
        Linear(
          isApart ? 4 * size : size, outputs, .normal(standardDeviation: 0.02),
          in: scope / "classifier"))
    case .tagging:
      let (tags, scheme) = (config.labels, config.scheme)
      head = .words(
        TaggingHead(
          inputSize: size, labelCount: outputs, hasChain: config.hasChain,
          in: scope / "classifier"
        ) { former, latter in
          scheme?.allows(latter.map { tags[$0] }, after: former.map { tags[$0] }) ?? true
        })
    case .answers:
      head = .span(
        Linear(size, outputs, .normal(standardDeviation: 0.02), in: scope / "classifier"))
    case .language:
      guard case .tokens(let tokens) = network, let tokens = tokens as? TransformerTokenEncoder
      else { preconditionFailure("TaskModel: expected a Transformer for a language task") }
      head = .language(LanguageHead(over: tokens.encoder, in: scope))
    }
  }

  // MARK: - Reading

  /// A text, or a pair, as the model takes it.
  public func input(_ text: String, _ pair: String? = nil) -> Input {
    if let reader { return Input(reader.passages(text, pair)) }
    return Input([text, pair].compactMap { $0 }.map(passage(ofWordsIn:)))
  }

  /// A sentence as a task about words takes it.
  public func input(words: [String]) -> Input { Input([passage(words)]) }

  /// The words that an encoder of words reads of a text: what white space parts.
  public static func words(of text: String) -> [Substring] {
    text.split(whereSeparator: \.isWhitespace)
  }

  private func passage(ofWordsIn text: String) -> Passage {
    // A text without words still has a state.
    let words = Self.words(of: text).map(String.init)
    return passage(words.isEmpty ? [""] : words)
  }

  private func passage(_ words: [String]) -> Passage {
    guard case .words(let encoder) = encoder else {
      preconditionFailure("TaskModel: expected an encoder of words for \(config.name)")
    }
    return Passage(encoder.sentence(words))
  }

  // MARK: - Running

  /// The states of passages, those of all inputs one behind the other.
  ///
  /// - Shapes: P passages with N tokens → [N, C]
  public func states(_ inputs: [Input], _ mode: Mode) -> Sequences {
    if let kept = KeptFeatures.sequences(.states, of: inputs) { return kept }
    let passages = inputs.flatMap(\.passages)
    switch encoder {
    case .tokens(let encoder):
      return encoder.states(
        Sequences(ids: passages.map(\.ids)), segments: Tensor(passages.flatMap(\.segments)),
        mode.ofEncoder(isFrozen: isEncoderFrozen))
    case .words(let encoder): return encoder(passages.compactMap(\.sentence), mode)
    }
  }

  /// How far inputs go before they meet weights that learn, or what is hidden at random; nil where they
  /// do from the start.
  public var fixedPart: FixedPart? {
    // What an ELMo gives is a mix of its layers that each task learns.
    if case .words(let words) = encoder, words is ELMoWordEncoder { return nil }
    guard isEncoderFrozen else { return nil }
    switch head {
    case .vector(let features, _): return features.learns ? .states : .vectors
    case .looks, .words, .span: return .states
    case .language: return nil
    }
  }

  /// The values of each row of the fixed part.
  var fixedSize: Int { fixedPart == .vectors && readsApart ? 4 * stateSize : stateSize }

  /// Whether the two texts of a pair go through the encoder each for itself.
  private var readsApart: Bool { config.isPair && reader?.joinsPairs != true }

  /// The vector of each input, kept or computed, which the head sees.
  ///
  /// - Shapes: B inputs → [B, F], Float32
  public func features(_ inputs: [Input], _ mode: Mode) -> Tensor {
    if let kept = KeptFeatures.sequences(.vectors, of: inputs) { return kept.values }
    return features(inputs, states(inputs, mode))
  }

  /// The vector of each input, which the head sees: what dropout, the linear map and searches for
  /// neighbours stand on.
  ///
  /// - Shapes: B inputs with the states [N, C] of their passages → [B, F], Float32
  public func features(_ inputs: [Input], _ states: Sequences) -> Tensor {
    guard case .vector(let features, _) = head else {
      preconditionFailure("TaskModel: expected a task about texts, got \(config.kind)")
    }
    let vectors = features(states)
    guard states.count == 2 * inputs.count else { return vectors }
    let count = Int32(inputs.count)
    return pairFeatures(
      vectors.gathered((0..<count).map { 2 * $0 }),
      vectors.gathered((0..<count).map { 2 * $0 + 1 }))
  }

  /// What the head says of each text or pair: logits, or scores.
  ///
  /// - Shapes: B inputs → [B, L], Float32
  public func outputs(_ inputs: [Input], _ mode: Mode) -> Tensor {
    if case .vector = head { return outputs(ofFeatures: features(inputs, mode), mode) }
    return outputs(inputs, of: states(inputs, mode), mode)
  }

  /// The same from states that are at hand.
  ///
  /// - Shapes: B inputs with the states [N, C] of their passages → [B, L], Float32
  func outputs(_ inputs: [Input], of states: Sequences, _ mode: Mode) -> Tensor {
    switch head {
    case .vector: return outputs(ofFeatures: features(inputs, states), mode)
    case .looks(let looks):
      let (first, second) = halves(of: inputs, states)
      return looks(first, second, mode)
    case .words, .span, .language:
      preconditionFailure("TaskModel: expected a task about texts, got \(config.kind)")
    }
  }

  /// The linear map of a head that sees vectors; nil for other heads.
  public var classifier: Linear? {
    guard case .vector(_, let classifier) = head else { return nil }
    return classifier
  }

  /// What the head makes of features that are at hand.
  ///
  /// - Shapes: [B, F] → [B, L], Float32
  public func outputs(ofFeatures features: Tensor, _ mode: Mode) -> Tensor {
    guard case .vector(_, let classifier) = head else {
      preconditionFailure("TaskModel: expected a linear head, got \(config.head)")
    }
    return classifier(dropout(features, mode))
  }

  /// The states of the first and the second text of each pair.
  private func halves(
    of inputs: [Input], _ states: Sequences
  ) -> (first: Sequences, second: Sequences) {
    var ranges: [(first: Range<Int>, second: Range<Int>)] = []
    var start = 0
    for input in inputs {
      let lengths = input.passages.map(\.count)
      let cut = lengths.count == 2 ? lengths[0] : input.passages[0].secondStart ?? lengths[0]
      let end = start + lengths.reduce(0, +)
      ranges.append((start..<start + cut, start + cut..<end))
      start = end
    }
    func part(_ ranges: [Range<Int>]) -> Sequences {
      Sequences(
        states.values.gathered(ranges.joined().map(Int32.init)), lengths: ranges.map(\.count))
    }
    return (part(ranges.map(\.first)), part(ranges.map(\.second)))
  }

  /// The score of each tag for each word, without those of neighbouring tags.
  ///
  /// - Shapes: N words over B sentences → [N, L]
  public func emissions(_ inputs: [Input], _ mode: Mode) -> Sequences {
    tagging.emissions(states(inputs, mode).map { dropout($0, mode) }, mode)
  }

  /// What makes tags of emissions.
  public var tagging: TaggingHead {
    guard case .words(let head) = head else {
      preconditionFailure("TaskModel: expected a task about words, got \(config.kind)")
    }
    return head
  }

  /// How well an answer may begin and end at each token.
  ///
  /// - Shapes: N tokens over B passages → [N, 2], Float32
  public func spans(_ inputs: [Input], _ mode: Mode) -> Sequences {
    guard case .span(let classifier) = head else {
      preconditionFailure("TaskModel: expected a task of answers, got \(config.kind)")
    }
    return states(inputs, mode).map {
      classifier(dropout($0.converted(to: .float32), mode))
    }
  }

  /// Whether a language task tells each token from those before it.
  public var isCausal: Bool {
    if case .language(let head) = head { head.isCausal } else { false }
  }

  /// The cross-entropy of tokens, from states of passages in which some are hidden.
  ///
  /// - Shapes: positions and targets [M] → []: the sum, in nats
  public func languageLoss(
    _ inputs: [Input], positions: [Int32], targets: [Int32], _ mode: Mode
  ) -> Tensor {
    guard case .language(let head) = head else {
      preconditionFailure("TaskModel: expected a language task, got \(config.kind)")
    }
    return head.loss(states(inputs, mode).values.gathered(positions), targets: targets, mode)
  }
}
