import ApusDecoding
import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText

/// Continues texts with a causal language model from a directory.
///
/// ```swift
/// let generator = try TextGenerator("runs/char")
/// print(try generator.generate("ROMEO:", TextGenerator.Options(tokenCount: 200)))
/// for try await piece in generator.stream("ROMEO:") { print(piece, terminator: "") }
/// ```
///
/// A generator can be used from many tasks at once. What is called with `try` alone computes on the
/// calling thread. What is called with `await` computes on one thread of the process, which all
/// streams share token by token: the matrix products use every core anyway, and Swift's own few
/// threads stay free.
public struct TextGenerator: Sendable {
  /// How texts are continued.
  public struct Options: Sendable, Hashable {
    /// The most tokens that are added to a prompt.
    public var tokenCount: Int
    /// How each token is chosen.
    public var sampling: Sampling
    public var penalties: Penalties
    /// The tokens that are added before the model may end a text.
    public var minimumTokenCount: Int
    /// Texts that end what is generated and are not part of it.
    public var stops: [String]
    /// What choices are drawn from: the same text for the same seed.
    public var seed: UInt64

    public init(
      tokenCount: Int = 100, sampling: Sampling = .greedy, penalties: Penalties = .none,
      minimumTokenCount: Int = 0, stops: [String] = [], seed: UInt64 = 0
    ) {
      self.tokenCount = tokenCount
      self.sampling = sampling
      self.penalties = penalties
      self.minimumTokenCount = minimumTokenCount
      self.stops = stops
      self.seed = seed
    }
  }

  public let tokenizer: Tokenizer
  private let model: CausalModel
  private let mode: Mode
  /// The tokens that end texts; the first stands for an empty prompt.
  let ends: [Int32]

  /// Loads `config.json`, `model.safetensors` or its shards, and the tokenizer beside them.
  ///
  /// Texts end with the tokens that `generation_config.json` names, or else `config.json`; where
  /// neither does, with the tokenizer's `<|endoftext|>`. Weights are kept in memory in the layouts
  /// that their products read as well: one for prompts and one for single tokens, which in bf16 are
  /// two copies of every weight.
  ///
  /// - Parameters:
  ///   - directory: A model directory.
  ///   - precision: Of the matrix products. Generation takes as long as reading the weights once a
  ///     token, so bf16 is up to twice and int8 four times as fast as fp32.
  /// - Throws: `FileError` if a file can't be read; `InputError` naming what does not fit, a
  ///   model that is not causal, or bf16 on a processor without it.
  public init(_ directory: String, precision: Mode.Precision = .fp32) throws {
    guard precision != .bf16 || Processor.supportsBFloat16 else {
      throw InputError(expected: "fp32 or int8 on a processor without AVX-512", found: "bf16")
    }
    guard let model = try ModelDirectory.load(directory).model.causal else {
      throw InputError(
        file: directory, expected: "a causal language model, which continues texts",
        found: "a masked one")
    }
    self.model = model
    mode = .evaluation(precision)
    tokenizer = try Tokenizer(contentsOf: directory, fitting: model.vocabularySize)
    ends =
      model.ends.isEmpty
      ? tokenizer.id(of: Tokenizer.endOfText).map { [$0] } ?? []
      : model.ends.map { Int32($0) }
  }

  /// Continues a text.
  ///
  /// - Parameters:
  ///   - prompt: The beginning; an empty one stands for the end-of-text token.
  ///   - options: How it goes on.
  ///   - onPiece: Called with each new piece of text, whole characters only; throwing ends it.
  /// - Returns: What comes after the prompt.
  /// - Throws: `InputError` for an empty prompt without an end-of-text token; what `onPiece` throws.
  @discardableResult
  public func generate(
    _ prompt: String, _ options: Options = Options(),
    onPiece: (String) throws -> Void = { _ in }
  ) throws -> String {
    var session = try TextSession([prompt], options, of: self)
    while let pieces = try session.next() {
      for (_, piece) in pieces { try onPiece(piece) }
    }
    return session.texts[0].text
  }

  /// Continues texts of any lengths, side by side.
  ///
  /// What is drawn for a prompt depends on its number, and not on the other prompts. Probabilities
  /// can differ by the rounding of sums where more than a few texts run side by side, or where one
  /// fills the context and all are read anew: where two tokens are as likely, another may be chosen.
  ///
  /// - Parameters:
  ///   - prompts: The beginnings.
  ///   - options: How they go on.
  ///   - first: The number of the first prompt, where more came before.
  /// - Returns: What comes after each prompt, in their order.
  /// - Throws: `InputError` naming the first prompt that can't be continued.
  public func generate(
    _ prompts: [String], _ options: Options = Options(), numberedFrom first: Int = 0
  ) throws -> [GeneratedText] {
    var session = try TextSession(prompts, options, numberedFrom: first, of: self)
    while try session.next() != nil {}
    return session.texts
  }

  /// Continues a text as it is asked for.
  ///
  /// Tokens are computed when the caller waits for them, and no more once the task is cancelled or
  /// the iterator is dropped.
  ///
  /// - Parameters:
  ///   - prompt: The beginning; an empty one stands for the end-of-text token.
  ///   - options: How it goes on.
  /// - Returns: Pieces of text, whole characters only. Iterating throws `CancellationError`, and
  ///   what `generate` throws.
  public func stream(_ prompt: String, _ options: Options = Options()) -> TextStream {
    TextStream(generator: self, prompt: prompt, options: options)
  }

  /// The likeliest continuations of texts that beam search finds, the best first.
  ///
  /// - Parameters:
  ///   - prompts: The beginnings.
  ///   - options: How they are searched for; the model's end-of-text tokens are added to its ends.
  /// - Returns: Up to `options.resultCount` texts after each prompt, with their scores; none is
  ///   longer than the model's context.
  /// - Throws: `InputError` naming the first prompt that can't be continued.
  public func search(_ prompts: [String], _ options: BeamOptions) throws -> [[GeneratedText]] {
    var options = options
    options.ends.formUnion(ends)
    let prompts = try prompts.enumerated().map(ids)
    return zip(prompts, try steps.beamSearch(prompts, options)).map { prompt, beams in
      beams.map { beam in
        var text = StreamedText(tokenizer, after: prompt)
        for token in beam.tokens { _ = text.append(token) }
        _ = text.finish()
        return GeneratedText(
          text: text.whole, tokenCount: beam.tokens.count, ending: beam.ending,
          score: beam.score)
      }
    }
  }

  var steps: StepFunction<CausalModel.State> { model.steps(mode) }

  /// The tokens of a prompt, which has one at least.
  func ids(_ index: Int, _ prompt: String) throws -> [Int32] {
    let ids = tokenizer.encode(prompt, addsSpecialTokens: false).ids
    if !ids.isEmpty { return ids }
    guard let end = ends.first else {
      throw InputError(
        row: index + 1, expected: "a prompt of at least one token", found: "\"\(prompt)\"")
    }
    return [end]
  }
}

extension CausalModel {
  /// This model as decoding sees it.
  public func steps(_ mode: Mode) -> StepFunction<State> {
    StepFunction(
      contextLength: contextLength,
      start: { start(Sequences(ids: $0), mode) },
      next: { tokens, state in next(Tensor(tokens), extending: &state, mode) },
      select: { sequences, state in state.selecting(sequences) })
  }
}
