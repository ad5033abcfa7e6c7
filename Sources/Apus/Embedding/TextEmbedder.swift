import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText
import ApusTraining

/// Turns texts into vectors whose directions say what they mean.
///
/// ```swift
/// let embedder = try TextEmbedder("all-MiniLM-L6-v2")
/// let vectors = embedder.embed(["A swift flies.", "Ein Mauersegler fliegt."])
/// ```
///
/// A text gives the same vector whatever others it is embedded with, to the rounding of sums. An embedder is a value that may
/// be used from many tasks at once; they share the threads of the matrix engine.
public struct TextEmbedder: Sendable {
  public let tokenizer: Tokenizer
  /// The most tokens of a text, with the special ones; what is behind them is left out.
  public let maximumLength: Int
  /// The number of values of a vector.
  public let dimension: Int
  /// The sizes and settings of the encoder.
  public var transformer: TransformerConfig { encoder.transformer }
  /// The number of values of a token's state.
  public var hiddenSize: Int { transformer.hiddenSize }
  private let encoder: any Encoder
  private let modules: SentenceModules
  private let layer: Int?
  private let head: SentenceHead
  private let mode: Mode

  /// Tokens that run through the encoder together: enough to keep the processor busy, few enough
  /// that their states stay in its cache.
  private static let batchTokenCount = 2048

  /// Loads a directory of sentence-transformers, or any encoder in the format of Hugging Face's
  /// transformers with its tokenizer.
  ///
  /// Weights are mapped into memory, so that several embedders of a directory share them.
  ///
  /// - Throws: `FileError` if a file can't be read; `InputError` naming what does not fit.
  public init(_ directory: String, _ options: EmbeddingOptions = EmbeddingOptions()) throws {
    let modules = try SentenceModules(of: directory)
    let encoder = try ModelDirectory.loadEncoder(modules.encoder).encoder
    let tokenizer = try Tokenizer(
      contentsOf: modules.encoder, fitting: encoder.transformer.vocabularySize)
    try self.init(encoder, tokenizer, modules, options)
  }

  /// Takes an encoder that is in memory, such as one that was trained just now.
  ///
  /// - Throws: `InputError` naming what does not fit.
  public init(
    _ encoder: any Encoder, _ tokenizer: Tokenizer,
    _ options: EmbeddingOptions = EmbeddingOptions()
  ) throws {
    try tokenizer.requireFit(rowCount: encoder.transformer.vocabularySize)
    try self.init(encoder, tokenizer, SentenceModules(), options)
  }

  private init(
    _ encoder: any Encoder, _ tokenizer: Tokenizer, _ modules: SentenceModules,
    _ options: EmbeddingOptions
  ) throws {
    self.encoder = encoder
    self.tokenizer = tokenizer
    self.modules = modules
    guard options.precision != .bf16 || Processor.supportsBFloat16 else {
      throw InputError(expected: "fp32 or int8 on a processor without AVX-512", found: "bf16")
    }
    mode = .evaluation(options.precision)
    let sizes = encoder.transformer
    if let layer = options.layer, !(0...sizes.layerCount).contains(layer) {
      throw InputError(
        expected: "a layer from 0 to \(sizes.layerCount)", found: "\(layer)")
    }
    layer = options.layer
    let surrounding = tokenizer.specialTokenCount(isPair: false)
    let limit = options.maximumLength ?? modules.maximumLength ?? sizes.contextLength
    guard limit > surrounding, options.maximumLength == nil || limit <= sizes.contextLength else {
      throw InputError(
        file: options.maximumLength == nil ? modules.directory : nil,
        expected: "a maximum length from \(surrounding + 1) to \(sizes.contextLength) tokens",
        found: "\(limit)")
    }
    maximumLength = min(limit, sizes.contextLength)
    var head = modules.head
    if let pooling = options.pooling { head.poolings = [pooling] }
    if let normalizes = options.normalizes { head.normalizes(normalizes) }
    head.keptCount = options.dimensions
    self.head = head
    dimension = try head.outputSize(of: sizes.hiddenSize, file: modules.directory)
  }

  /// The vector of each text, in the order of the texts.
  ///
  /// A text without tokens, which only models without special tokens can have, counts as zeros.
  public func embed(_ texts: [String]) -> [[Float]] {
    let vectors = run(ids(of: texts)) { states in
      let pooled = head(states)
      return (0..<states.count).map { pooled.rows($0..<$0 + 1).elements() as [Float] }
    }
    lazy var nothing: [Float] = withoutGradients {
      head.finished(.zeros([1, head.poolings.count * hiddenSize])).elements()
    }
    return vectors.map { $0 ?? nothing }
  }

  /// The vector of a text.
  public func embed(_ text: String) -> [Float] { embed([text])[0] }

  /// The tokens of each text, special ones included, with their states in the chosen layer.
  public func embedTokens(_ texts: [String]) -> [TokenEmbeddings] {
    let ids = ids(of: texts)
    let tokens = run(ids) { states in
      let values = states.values.converted(to: .float32)
      return zip(states.offsets, states.offsets.dropFirst()).map { values.rows($0..<$1) }
    }
    return zip(ids, tokens).map {
      TokenEmbeddings(ids: $0, states: $1 ?? .zeros([0, hiddenSize]))
    }
  }

  /// A text as the tokenizer gets it.
  func prepared(_ text: String) -> String { modules.prepared(text) }

  /// How texts are cut to the maximum length.
  var limit: Truncation {
    Truncation(maximumLength: maximumLength, side: tokenizer.truncation?.side ?? .right)
  }

  /// The ids of each text with the special tokens around it, cut to the maximum length.
  func ids(of texts: [String]) -> [[Int32]] {
    do {
      return try tokenizer.ids(
        of: texts.map(prepared), limit: limit,
        threadCount: Processor.threadCount)
    } catch {
      preconditionFailure("TextEmbedder: the maximum length was checked, got \(error)")
    }
  }

  /// What `body` makes of the states of each text of a batch, for all texts; nil for those without
  /// tokens.
  private func run<Result>(
    _ ids: [[Int32]], _ body: (_ states: Sequences) -> [Result]
  ) -> [Result?] {
    let full = ids.indices.filter { !ids[$0].isEmpty }
    let found = LengthBatches.results(
      ofLengths: full.map { ids[$0].count }, tokens: Self.batchTokenCount
    ) { numbers in body(encoder(Sequences(ids: numbers.map { ids[full[$0]] }), after: layer, mode))
    }
    var results = [Result?](repeating: nil, count: ids.count)
    for (number, result) in zip(full, found) { results[number] = result }
    return results
  }
}

/// The tokens of a text and what a model makes of each.
public struct TokenEmbeddings: Sendable {
  public let ids: [Int32]
  /// A row a token, [T, C], Float32.
  public let states: Tensor

  public init(ids: [Int32], states: Tensor) {
    precondition(
      states.rank == 2 && states.shape[0] == ids.count,
      "TokenEmbeddings: expected \(ids.count) rows, got shape \(states.shape)")
    self.ids = ids
    self.states = states
  }
}
