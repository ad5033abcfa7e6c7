import ApusDecoding
import ApusModels
import ApusTensors

/// Texts that are being written side by side.
struct TextSession {
  private var continuation: Continuation<CausalModel.State>
  private var writers: [TextWriter]

  init(
    _ prompts: [String], _ options: TextGenerator.Options, numberedFrom first: Int = 0,
    of generator: TextGenerator
  ) throws {
    let prompts = try prompts.enumerated().map(generator.ids)
    continuation = try Continuation(
      prompts,
      GenerationOptions(
        sampling: options.sampling, penalties: options.penalties, tokenCount: options.tokenCount,
        minimumTokenCount: options.minimumTokenCount, ends: Set(generator.ends)),
      key: RandomKey(seed: options.seed, name: "generation"),
      numbers: prompts.indices.map { first + $0 }, by: generator.steps)
    writers = prompts.map { prompt in
      TextWriter(generator.tokenizer, after: prompt, stops: options.stops)
    }
  }

  /// The texts so far.
  var texts: [GeneratedText] {
    writers.indices.map { index in
      GeneratedText(
        text: writers[index].text, tokenCount: continuation.tokens[index].count,
        ending: continuation.endings[index] ?? .length)
    }
  }

  /// Adds a token to each text that goes on.
  ///
  /// - Returns: What can be shown more of each because of it; nil once all texts have ended.
  mutating func next() throws -> [(prompt: Int, piece: String)]? {
    guard let added = try continuation.next() else { return nil }
    var pieces: [(prompt: Int, piece: String)] = []
    for (prompt, token) in added {
      if let piece = writers[prompt].append(token) { pieces.append((prompt, piece)) }
      if writers[prompt].isStopped { continuation.end(prompt) }
    }
    for prompt in writers.indices where continuation.endings[prompt] != nil {
      if let rest = writers[prompt].finish() { pieces.append((prompt, rest)) }
      if writers[prompt].isStopped { continuation.end(prompt) }
    }
    return pieces
  }
}
