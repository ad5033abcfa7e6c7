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
/// print(try generator.generate("ROMEO:", tokenCount: 200))
/// ```
public struct TextGenerator: Sendable {
  public let tokenizer: Tokenizer
  private let model: GPT
  private let mode: Mode

  /// Loads `config.json`, `model.safetensors` and `tokenizer.json`.
  ///
  /// - Throws: `FileError` if a file can't be read; `InputError` naming what does not fit, or a
  ///   model that is not causal.
  public init(_ directory: String, precision: Mode.Precision = .fp32) throws {
    guard case .gpt(let model) = try ModelDirectory.load(directory).model else {
      throw InputError(
        file: directory, expected: "a causal language model, which continues texts",
        found: "a masked one")
    }
    self.model = model
    tokenizer = try Tokenizer(contentsOf: "\(directory)/tokenizer.json")
    guard tokenizer.vocabularySize <= model.config.vocabularySize else {
      throw InputError(
        file: "\(directory)/tokenizer.json",
        expected: "at most the model's \(model.config.vocabularySize) tokens",
        found: "\(tokenizer.vocabularySize)")
    }
    mode = .evaluation(precision)
  }

  /// Continues a text.
  ///
  /// - Parameters:
  ///   - prompt: The beginning; an empty one stands for the end-of-text token.
  ///   - tokenCount: The most tokens that are added.
  ///   - sampling: How each token is chosen.
  ///   - seed: What the choices are drawn from: the same text for the same seed.
  ///   - onText: Called with each new piece of text, whole characters only.
  /// - Returns: What comes after the prompt.
  /// - Throws: `InputError` for an empty prompt without an end-of-text token; what `onText` throws.
  @discardableResult
  public func generate(
    _ prompt: String, tokenCount: Int, sampling: Sampling = .greedy, seed: UInt64 = 0,
    onText: (String) throws -> Void = { _ in }
  ) throws -> String {
    let endOfText = tokenizer.id(of: Tokenizer.endOfText)
    var ids = tokenizer.encode(prompt, addsSpecialTokens: false).ids
    if ids.isEmpty, let endOfText { ids = [endOfText] }
    guard !ids.isEmpty else {
      throw InputError(expected: "a prompt of at least one token", found: "\"\(prompt)\"")
    }
    var text = StreamedText(tokenizer)
    _ = try model.steps(mode).generate(
      [ids],
      GenerationOptions(sampling: sampling, tokenCount: tokenCount, endOfText: endOfText),
      key: RandomKey(seed: seed, name: "generation")
    ) { _, token in
      if let piece = text.append(token) { try onText(piece) }
    }
    if let rest = text.finish() { try onText(rest) }
    return text.whole
  }
}

extension GPT {
  /// This model as decoding sees it, with a key/value cache.
  public func steps(_ mode: Mode) -> StepFunction<GPT.Cache> {
    StepFunction(
      contextLength: config.contextLength,
      start: { start(Sequences(ids: $0), mode) },
      next: { tokens, cache in next(Tensor(tokens), extending: &cache, mode) },
      select: { sequences, cache in cache.selecting(sequences) })
  }
}
