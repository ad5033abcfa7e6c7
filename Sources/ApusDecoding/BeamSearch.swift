import ApusFiles
import ApusTensors
import Glibc

/// How likely continuations are searched for.
public struct BeamOptions: Sendable, Hashable {
  /// When the search for better continuations of a prompt is given up.
  public enum Ending: Sendable, Hashable, CaseIterable {
    /// As soon as as many have ended as there are beams.
    case whenFull
    /// When the best that goes on, as long as it is now, scores less than all that have ended.
    case whenBehind
    /// When no continuation of any length can score more than those that have ended.
    case whenHopeless
  }

  /// The continuations of a prompt that are followed at once.
  public let width: Int
  /// The number of continuations that are given back.
  public let resultCount: Int
  /// The power of the length that log-probabilities are divided by; above 0 prefers longer texts.
  public let lengthPenalty: Float
  public let ending: Ending
  public var penalties: Penalties
  /// The most tokens that are appended to a prompt.
  public var tokenCount: Int
  public var minimumTokenCount: Int
  /// A token that ends its sequence and is not part of it.
  public var endOfText: Int32?

  /// - Throws: `InputError` for a width below 1, a result count outside 1 to the width, or a length
  ///   penalty that is not finite.
  public init(
    width: Int, resultCount: Int = 1, lengthPenalty: Float = 1, ending: Ending = .whenBehind,
    penalties: Penalties = .none, tokenCount: Int, minimumTokenCount: Int = 0,
    endOfText: Int32? = nil
  ) throws(InputError) {
    guard 1...1024 ~= width else {
      throw InputError(expected: "1 to 1024 beams", found: "\(width)")
    }
    guard 1...width ~= resultCount else {
      throw InputError(expected: "1 to \(width) results of \(width) beams", found: "\(resultCount)")
    }
    guard lengthPenalty.isFinite else {
      throw InputError(expected: "a finite length penalty", found: "\(lengthPenalty)")
    }
    self.width = width
    self.resultCount = resultCount
    self.lengthPenalty = lengthPenalty
    self.ending = ending
    self.penalties = penalties
    self.tokenCount = tokenCount
    self.minimumTokenCount = minimumTokenCount
    self.endOfText = endOfText
  }
}

/// A continuation that a search found.
public struct Beam: Sendable, Hashable {
  /// Without the end-of-text token.
  public let tokens: [Int32]
  /// The log-probability of the tokens, the end included, over their number to the power of the
  /// length penalty.
  public let score: Float
}

extension StepFunction {
  /// The likeliest continuations of prompts that beam search finds, the best first.
  ///
  /// Each step follows the `width` best continuations of a prompt. Scores, and when a search ends,
  /// are those of Hugging Face's transformers. A search goes no further than the model's context.
  ///
  /// - Returns: `resultCount` continuations of each prompt, or fewer if there are no more.
  /// - Throws: `InputError` for a prompt that is empty or leaves no room, and for a model whose
  ///   logits are no numbers.
  public func beamSearch(
    _ prompts: [[Int32]], _ options: BeamOptions
  ) throws -> [[Beam]] {
    for (index, prompt) in prompts.enumerated() {
      guard !prompt.isEmpty else {
        throw InputError(row: index + 1, expected: "a prompt of at least one token", found: "none")
      }
      if let contextLength, prompt.count > contextLength {
        throw InputError(
          row: index + 1, expected: "a prompt of at most \(contextLength) tokens",
          found: "\(prompt.count)")
      }
    }
    guard options.tokenCount > 0, !prompts.isEmpty else { return prompts.map { _ in [] } }
    var searches = prompts.map { prompt in
      // The last token needs no place in the context, since nothing is asked after it.
      let room = contextLength.map { $0 - prompt.count + 1 } ?? .max
      return BeamSearch(prompt, options, tokenCount: min(options.tokenCount, room))
    }
    var (logits, state) = start(prompts)
    while true {
      let width = logits.columnCount
      // The row of each running beam, and which row it continues.
      var (parents, tokens, first): ([Int], [Int32], Int) = ([], [], 0)
      try logits.mutate(as: Float.self) { logits in
        for index in searches.indices {
          let count = searches[index].running.count
          let rows = UnsafeMutableBufferPointer(
            rebasing: logits[first * width..<(first + count) * width])
          for (parent, token) in try searches[index].step(rows, width) {
            parents.append(first + parent)
            tokens.append(token)
          }
          first += count
        }
      }
      if tokens.isEmpty { break }
      if parents != Array(0..<first) { state = select(parents, state) }
      logits = next(tokens, &state)
    }
    return searches.map(\.results)
  }
}

/// The search for continuations of one prompt.
private struct BeamSearch {
  struct Running {
    var text: TokenText
    var logProbability: Float
  }

  private struct Candidate {
    let beam: Int
    let token: Int32
    let logProbability: Float

    func precedes(_ other: Candidate) -> Bool {
      if logProbability != other.logProbability { return logProbability > other.logProbability }
      return (beam, token) < (other.beam, other.token)
    }
  }

  private let options: BeamOptions
  private let tokenCount: Int
  private(set) var running: [Running]
  private var ended: [Beam] = []
  private var stepCount = 0

  init(_ prompt: [Int32], _ options: BeamOptions, tokenCount: Int) {
    self.options = options
    self.tokenCount = tokenCount
    running = [Running(text: TokenText(prompt: prompt), logProbability: 0)]
  }

  var results: [Beam] { Array(ended.prefix(options.resultCount)) }

  /// Takes the logits after each running beam and decides which go on.
  ///
  /// - Returns: The former beam and the new token of each running beam.
  mutating func step(
    _ logits: UnsafeMutableBufferPointer<Float>, _ width: Int
  ) throws(InputError) -> [(parent: Int, token: Int32)] {
    guard !running.isEmpty else { return [] }
    stepCount += 1
    // With one end-of-text token, twice the width leaves enough that do not end.
    var leaders = Leaders<Candidate>(2 * options.width) { $0.precedes($1) }
    for (beam, state) in running.enumerated() {
      let row = UnsafeMutableBufferPointer(
        rebasing: logits[beam * width..<(beam + 1) * width])
      try logSoftmax(row)
      options.penalties.apply(to: row, state.text.occurrences)
      if stepCount <= options.minimumTokenCount, let end = options.endOfText {
        row[Int(end)] = -.infinity
      }
      for token in row.indices {
        let sum = state.logProbability + row[token]
        guard sum > (leaders.last?.logProbability ?? -.infinity) else { continue }
        leaders.insert(Candidate(beam: beam, token: Int32(token), logProbability: sum))
      }
    }
    var next: [(candidate: Candidate, state: Running)] = []
    for (rank, candidate) in leaders.sorted.enumerated() {
      let isEnd = candidate.token == options.endOfText
      if isEnd || stepCount == tokenCount {
        // Those behind the first `width` only make up for beams that end.
        if rank < options.width { end(candidate, isEnd) }
      } else if next.count < options.width {
        var text = running[candidate.beam].text
        text.append(candidate.token)
        next.append((candidate, Running(text: text, logProbability: candidate.logProbability)))
      }
    }
    running = next.map(\.state)
    if isDecided { running = [] }
    return running.isEmpty ? [] : next.map { ($0.candidate.beam, $0.candidate.token) }
  }

  private mutating func end(_ candidate: Candidate, _ isEnd: Bool) {
    let text = running[candidate.beam].text.added
    let beam = Beam(
      tokens: isEnd ? text : text + [candidate.token],
      score: candidate.logProbability / pow(Float(stepCount), options.lengthPenalty))
    let place = ended.firstIndex { $0.score < beam.score } ?? ended.count
    ended.insert(beam, at: place)
    if ended.count > options.width { ended.removeLast() }
  }

  /// Whether what goes on can't change the result, or is taken not to.
  private var isDecided: Bool {
    guard let best = running.first, ended.count == options.width else { return false }
    if options.ending == .whenFull { return true }
    // Longer texts score more where the length penalty is above 0.
    let length =
      options.ending == .whenHopeless && options.lengthPenalty > 0 ? tokenCount : stepCount
    return best.logProbability / pow(Float(length), options.lengthPenalty)
      <= ended[ended.count - 1].score
  }

  private func logSoftmax(
    _ logits: UnsafeMutableBufferPointer<Float>
  ) throws(InputError) {
    let largest = logits.reduce(-Float.infinity) { $1 > $0 ? $1 : $0 }
    let sum = logits.reduce(0.0) { $0 + exp(Double($1 - largest)) }
    guard sum.isFinite else {
      throw InputError(expected: "logits that are numbers", found: "others from the model")
    }
    let shift = largest + Float(log(sum))
    for index in logits.indices { logits[index] -= shift }
  }
}
