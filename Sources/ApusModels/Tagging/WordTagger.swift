import ApusLayers
import ApusTensors
import ApusText

/// Tags the words of sentences: any encoder of words, with dropout behind it, and a head that may be
/// a conditional random field.
///
/// Without a pretrained network it is the tagger of Lample et al. 2016, or with convolutions over
/// characters that of Ma & Hovy 2016.
public struct WordTagger: Layer {
  public let config: TaggerConfig
  public let lexicon: TaggerLexicon
  /// That of the pretrained network, if it has one.
  public let tokenizer: Tokenizer?
  let encoder: any WordEncoder
  private let dropout: Dropout
  let head: TaggingHead

  /// - Parameters:
  ///   - config: The sizes.
  ///   - lexicon: The words and characters that have numbers.
  ///   - tokenizer: That of a pretrained Transformer.
  ///   - scope: Where the parameters are created; those of the pretrained network in `encoder`.
  public init(
    _ config: TaggerConfig, _ lexicon: TaggerLexicon, _ tokenizer: Tokenizer? = nil,
    in scope: Scope
  ) {
    self.config = config
    self.lexicon = lexicon
    self.tokenizer = tokenizer
    var parts: [any WordEncoder] = []
    if config.hasLexicon {
      parts.append(LexiconEncoder(config, lexicon, in: scope / "embeddings"))
    }
    if let network = config.encoder {
      parts.append(
        network.network(in: scope / Self.encoderScope)
          .words(tokenizer, isFrozen: !config.isFineTuned, in: scope))
    }
    let words: any WordEncoder = parts.count == 1 ? parts[0] : JoinedWordEncoder(parts)
    encoder =
      config.layerCount == 0
      ? words
      : RecurrentWordEncoder(
        over: words, size: config.hiddenSize, layerCount: config.layerCount,
        dropout: config.dropout, in: scope)
    dropout = Dropout(config.dropout, in: scope / "drop" / "output")
    let (tags, scheme) = (config.tags, config.scheme)
    head = TaggingHead(
      inputSize: encoder.outputSize, labelCount: tags.count, hasChain: config.hasChain,
      in: scope / "classifier"
    ) { former, latter in
      scheme?.allows(latter.map { tags[$0] }, after: former.map { tags[$0] }) ?? true
    }
  }

  /// A sentence as the model takes it.
  public func sentence(_ words: [String]) -> SpelledSentence { encoder.sentence(words) }

  /// The score of each tag for each word, without those of neighbouring tags.
  ///
  /// - Shapes: N words over B sentences → [N, L]
  public func emissions(_ sentences: [SpelledSentence], _ mode: Mode) -> Sequences {
    head.emissions(encoder(sentences, mode).map { dropout($0, mode) }, mode)
  }

  /// The negative log-likelihood of the labels of each sentence, in nats.
  ///
  /// - Parameters:
  ///   - emissions: What `emissions` gave.
  ///   - labels: The number of each word's tag, Int32, which must keep the rules of the scheme.
  /// - Returns: A value for each sentence.
  /// - Shapes: emissions [N, L] over B sentences, labels [N] → [B]
  public func losses(_ emissions: Sequences, labels: Tensor) -> Tensor {
    head.losses(emissions, labels: labels)
  }

  /// The numbers of the most probable tags of each sentence.
  public func labels(_ emissions: Sequences) -> [[Int]] {
    let labels = head.labels(emissions)
    return zip(emissions.offsets, emissions.offsets.dropFirst()).map { Array(labels[$0..<$1]) }
  }

  /// The most probable tags of each sentence.
  public func tags(_ sentences: [SpelledSentence], _ mode: Mode) -> [[String]] {
    labels(emissions(sentences, mode)).map { $0.map { config.tags[$0] } }
  }
}

extension WordTagger {
  /// Where the parameters of the pretrained network are.
  public static let encoderScope = "encoder"
  /// The name of the table of words' own vectors.
  public static let wordTableName = "embeddings.words.weight"
}
