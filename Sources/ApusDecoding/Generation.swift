import ApusFiles
import ApusTensors

/// How texts are continued.
public struct GenerationOptions: Sendable, Hashable {
  /// What happens when a sequence has filled the model's context.
  public enum Overflow: Sendable, Hashable {
    /// The model forgets all but the last half of its context and reads that anew.
    case slide
    /// The sequence ends; a prompt that leaves no room is refused.
    case stop
  }

  public var sampling: Sampling
  /// The most tokens that are appended to a prompt.
  public var tokenCount: Int
  /// A token that ends its sequence and is not part of it.
  public var endOfText: Int32?
  public var overflow: Overflow

  public init(
    sampling: Sampling, tokenCount: Int, endOfText: Int32? = nil, overflow: Overflow = .slide
  ) {
    self.sampling = sampling
    self.tokenCount = tokenCount
    self.endOfText = endOfText
    self.overflow = overflow
  }
}

extension StepFunction {
  /// Continues prompts token by token.
  ///
  /// Each sequence draws from a key of its own, so that what comes out for a prompt does not depend
  /// on the others.
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
    try require(prompts, options)
    var texts = prompts.map { ContextWindow(tokens: $0, promptCount: $0.count) }
    var active = Array(prompts.indices)
    guard options.tokenCount > 0, !active.isEmpty else { return prompts.map { _ in [] } }
    for index in active { texts[index].slide(within: contextLength) }
    var (logits, state) = start(active.map { texts[$0].visible })
    while true {
      let chosen = try choose(logits, active, texts, options.sampling, key)
      var going: [Int] = []
      for (row, index) in active.enumerated() where chosen[row] != options.endOfText {
        try onToken(index, chosen[row])
        texts[index].tokens.append(chosen[row])
        let isFull = options.overflow == .stop && texts[index].exceeds(contextLength)
        if texts[index].generatedCount < options.tokenCount && !isFull { going.append(row) }
      }
      if going.isEmpty { break }
      if going.count < active.count { state = select(going, state) }
      active = going.map { active[$0] }
      if active.contains(where: { texts[$0].exceeds(contextLength) }) {
        for index in active { texts[index].slide(within: contextLength) }
        (logits, state) = start(active.map { texts[$0].visible })
      } else {
        logits = next(active.map { texts[$0].tokens[texts[$0].tokens.count - 1] }, &state)
      }
    }
    return texts.map(\.generated)
  }

  private func require(_ prompts: [[Int32]], _ options: GenerationOptions) throws {
    for (index, prompt) in prompts.enumerated() {
      guard !prompt.isEmpty else {
        throw InputError(row: index + 1, expected: "a prompt of at least one token", found: "none")
      }
      if options.overflow == .stop, let contextLength, prompt.count > contextLength {
        throw InputError(
          row: index + 1, expected: "a prompt of at most \(contextLength) tokens",
          found: "\(prompt.count)")
      }
    }
  }

  private func choose(
    _ logits: Tensor, _ active: [Int], _ texts: [ContextWindow], _ sampling: Sampling,
    _ key: RandomKey
  ) throws -> [Int32] {
    let width = logits.columnCount
    return try logits.withElements(as: Float.self) { logits in
      try active.enumerated().map { row, index in
        try sampling.token(
          UnsafeBufferPointer(rebasing: logits[row * width..<(row + 1) * width]),
          key.split(index).split(texts[index].generatedCount))
      }
    }
  }
}

/// A text and the part of it that the model sees.
private struct ContextWindow {
  var tokens: [Int32]
  let promptCount: Int
  private var start = 0

  init(tokens: [Int32], promptCount: Int) {
    self.tokens = tokens
    self.promptCount = promptCount
  }

  var visible: [Int32] { Array(tokens[start...]) }
  var generated: [Int32] { Array(tokens[promptCount...]) }
  var generatedCount: Int { tokens.count - promptCount }

  func exceeds(_ contextLength: Int?) -> Bool {
    contextLength.map { tokens.count - start > $0 } ?? false
  }

  /// Forgets the beginning if the model can't see it all.
  mutating func slide(within contextLength: Int?) {
    guard let contextLength, exceeds(contextLength) else { return }
    start = tokens.count - max(1, contextLength / 2)
  }
}
