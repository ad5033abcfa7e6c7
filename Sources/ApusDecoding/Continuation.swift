import ApusFiles
import ApusTensors

/// Prompts that are being continued, a token of each at a time.
///
/// Each sequence draws from a key of its own, by its number and the number of the token, so that
/// what is drawn for a prompt does not depend on the others. Its logits do in their last bits: products
/// of a few rows sum in another order than those of many.
public struct Continuation<State> {
  private let model: StepFunction<State>
  private let options: GenerationOptions
  private let keys: [RandomKey]
  /// The most tokens that are added to each prompt.
  private let limits: [Int]
  private var texts: [TokenText]
  /// Why each sequence has ended; nil while it goes on.
  public private(set) var endings: [ContinuationEnding?]
  /// The sequences of the rows of `state`, and that; nil before the prompts are read.
  private var running: (sequences: [Int], state: State)?

  /// Prepares to continue prompts; nothing is computed yet.
  ///
  /// - Parameters:
  ///   - prompts: Token ids, at least one each.
  ///   - options: What is drawn and when it ends.
  ///   - key: What all draws depend on.
  ///   - numbers: The numbers of the prompts, which their draws depend on; from 0 on unless given.
  ///   - limits: The most tokens of each prompt, in place of the options' one.
  ///   - model: What is asked for logits.
  /// - Throws: `InputError` for a prompt that is empty or too long.
  public init(
    _ prompts: [[Int32]], _ options: GenerationOptions, key: RandomKey, numbers: [Int]? = nil,
    limits: [Int]? = nil, by model: StepFunction<State>
  ) throws(InputError) {
    for (index, prompt) in prompts.enumerated() {
      guard !prompt.isEmpty else {
        throw InputError(row: index + 1, expected: "a prompt of at least one token", found: "none")
      }
      if options.overflow == .stop, let limit = model.contextLength, prompt.count > limit {
        throw InputError(
          row: index + 1, expected: "a prompt of at most \(limit) tokens", found: "\(prompt.count)")
      }
    }
    self.model = model
    self.options = options
    keys = (numbers ?? Array(prompts.indices)).map { key.split($0) }
    let limits = limits ?? Array(repeating: options.tokenCount, count: prompts.count)
    precondition(
      keys.count == prompts.count && limits.count == prompts.count,
      "Continuation: expected a number and a limit for each prompt")
    self.limits = limits
    texts = prompts.map(TokenText.init(prompt:))
    endings = limits.map { $0 > 0 ? nil : .length }
  }

  /// The tokens after each prompt so far.
  public var tokens: [[Int32]] { texts.map(\.added) }

  /// Ends a sequence before its time.
  public mutating func end(_ sequence: Int) { endings[sequence] = .stop }

  /// Chooses the next token of each sequence that goes on.
  ///
  /// - Returns: The tokens that were added, in the order of the prompts; nil once all sequences
  ///   have ended.
  /// - Throws: `InputError` for a model whose logits are no numbers.
  public mutating func next() throws -> [(sequence: Int, token: Int32)]? {
    let active = endings.indices.filter { endings[$0] == nil }
    guard !active.isEmpty else {
      running = nil
      return nil
    }
    var logits = logits(of: active)
    var added: [(sequence: Int, token: Int32)] = []
    for (sequence, token) in zip(active, try choose(from: &logits, active)) {
      guard !options.ends.contains(token) else {
        endings[sequence] = .endOfText
        continue
      }
      texts[sequence].append(token)
      added.append((sequence, token))
      if texts[sequence].addedCount >= limits[sequence] {
        endings[sequence] = .length
      } else if options.overflow == .stop, texts[sequence].exceeds(model.contextLength) {
        endings[sequence] = .context
      }
    }
    return added
  }

  /// The logits of what comes next: [active, V].
  private mutating func logits(of active: [Int]) -> Tensor {
    let isFull = active.contains { texts[$0].exceeds(model.contextLength) }
    guard var (sequences, state) = running.take(), !isFull else {
      for sequence in active { texts[sequence].slide(within: model.contextLength) }
      let (logits, state) = model.start(active.map { texts[$0].visible })
      running = (active, state)
      return logits
    }
    if active.count < sequences.count {
      state = model.select(sequences.indices.filter { active.contains(sequences[$0]) }, state)
      sequences = active
    }
    let logits = model.next(active.map { texts[$0].last }, &state)
    running = (sequences, state)
    return logits
  }

  private func choose(
    from logits: inout Tensor, _ active: [Int]
  ) throws -> [Int32] {
    let width = logits.columnCount
    return try logits.mutate(as: Float.self) { logits in
      var chosen: [Int32] = []
      for (row, sequence) in active.enumerated() {
        let text = texts[sequence]
        let row = UnsafeMutableBufferPointer(rebasing: logits[row * width..<(row + 1) * width])
        options.penalties.apply(to: row, text.occurrences)
        if text.addedCount < options.minimumTokenCount {
          row.bar(options.ends)
        }
        chosen.append(
          try options.sampling.token(
            UnsafeBufferPointer(row), keys[sequence].split(text.addedCount)))
      }
      return chosen
    }
  }
}

extension StepFunction {
  /// Continues prompts to their ends.
  ///
  /// - Parameters:
  ///   - prompts: Token ids, at least one each.
  ///   - options: What is drawn and when it ends.
  ///   - key: What all draws depend on.
  ///   - onToken: Called with the number of a prompt and a token as soon as it is chosen; throwing
  ///     ends the generation.
  /// - Returns: The tokens after each prompt.
  /// - Throws: `InputError` for a prompt that is empty or too long, and for a model whose logits are
  ///   no numbers; what `onToken` throws.
  public func generate(
    _ prompts: [[Int32]], _ options: GenerationOptions, key: RandomKey,
    onToken: (_ prompt: Int, _ token: Int32) throws -> Void = { _, _ in }
  ) throws -> [[Int32]] {
    var continuation = try Continuation(prompts, options, key: key, by: self)
    while let added = try continuation.next() {
      for (sequence, token) in added { try onToken(sequence, token) }
    }
    return continuation.tokens
  }
}
