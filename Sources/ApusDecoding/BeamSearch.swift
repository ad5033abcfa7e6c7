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
  /// Tokens that each end their sequence and are not part of it.
  public var ends: Set<Int32>

  /// - Throws: `InputError` for a width below 1, a result count outside 1 to the width, or a length
  ///   penalty that is not finite.
  public init(
    width: Int, resultCount: Int = 1, lengthPenalty: Float = 1, ending: Ending = .whenBehind,
    penalties: Penalties = .none, tokenCount: Int, minimumTokenCount: Int = 0,
    ends: Set<Int32> = []
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
    self.ends = ends
  }
}

/// A continuation that a search found.
public struct Beam: Sendable, Hashable {
  /// Without the end-of-text token.
  public let tokens: [Int32]
  /// Why it ends: the model chose to, or there was no room for more.
  public let ending: ContinuationEnding
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
    let logProbability: Float
    /// As `Penalties` asks for them; empty where there are none, so that a step costs as much for a
    /// long prompt as for a short one.
    var occurrences: [Int32: Int]
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
  /// Of each step, the tokens of the beams after it and the places of the beams that they continue.
  private var steps: [[(parent: Int, token: Int32)]] = []
  private var ended: [Beam] = []
  private var stepCount = 0

  init(_ prompt: [Int32], _ options: BeamOptions, tokenCount: Int) {
    self.options = options
    self.tokenCount = tokenCount
    let occurrences = options.penalties == .none ? [:] : TokenText(prompt: prompt).occurrences
    running = [Running(logProbability: 0, occurrences: occurrences)]
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
    // Each beam has one candidate for each end: this leaves enough that go on. As in transformers,
    // there are twice as many as beams even where nothing ends.
    let limit = max(2, 1 + options.ends.count) * options.width
    var leaders = Leaders<Candidate>(limit) { $0.precedes($1) }
    for (beam, state) in running.enumerated() {
      let row = UnsafeMutableBufferPointer(
        rebasing: logits[beam * width..<(beam + 1) * width])
      try logSoftmax(row)
      options.penalties.apply(to: row, state.occurrences)
      if stepCount <= options.minimumTokenCount { row.bar(options.ends) }
      for token in row.indices {
        let sum = state.logProbability + row[token]
        guard sum > (leaders.last?.logProbability ?? -.infinity) else { continue }
        leaders.insert(Candidate(beam: beam, token: Int32(token), logProbability: sum))
      }
    }
    var next: [Running] = []
    var step: [(parent: Int, token: Int32)] = []
    for (rank, candidate) in leaders.sorted.enumerated() {
      let isEnd = options.ends.contains(candidate.token)
      if isEnd || stepCount == tokenCount {
        // Those behind the first `width` only make up for beams that end.
        if rank < options.width { end(candidate, isEnd) }
      } else if next.count < options.width {
        var occurrences = running[candidate.beam].occurrences
        if options.penalties != .none { occurrences[candidate.token, default: 0] += 1 }
        next.append(Running(logProbability: candidate.logProbability, occurrences: occurrences))
        step.append((candidate.beam, candidate.token))
      }
    }
    running = next
    steps.append(step)
    if isDecided { running = [] }
    return running.isEmpty ? [] : step
  }

  private mutating func end(_ candidate: Candidate, _ isEnd: Bool) {
    let text = tokens(of: candidate.beam)
    let beam = Beam(
      tokens: isEnd ? text : text + [candidate.token],
      ending: isEnd ? .endOfText : tokenCount < options.tokenCount ? .context : .length,
      score: candidate.logProbability / pow(Float(stepCount), options.lengthPenalty))
    let place = ended.firstIndex { $0.score < beam.score } ?? ended.count
    ended.insert(beam, at: place)
    if ended.count > options.width { ended.removeLast() }
  }

  /// The tokens of a beam of the last step.
  private func tokens(of beam: Int) -> [Int32] {
    var (tokens, place): ([Int32], Int) = ([], beam)
    for step in steps.reversed() {
      tokens.append(step[place].token)
      place = step[place].parent
    }
    return tokens.reversed()
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
