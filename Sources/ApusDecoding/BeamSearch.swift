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

  /// What a log-probability is divided by, from the length and the length penalty.
  public enum LengthNormalization: Sendable, Hashable, CaseIterable {
    /// length^penalty, as in Hugging Face's transformers.
    case power
    /// ((5 + length) / 6)^penalty (Wu et al. 2016, §7).
    case gnmt
  }

  /// The continuations of a prompt that are followed at once.
  public let width: Int
  /// The number of continuations that are given back.
  public let resultCount: Int
  /// The power of the length that log-probabilities are divided by; above 0 prefers longer texts.
  public let lengthPenalty: Float
  public let ending: Ending
  public var lengthNormalization = LengthNormalization.power
  /// What the logarithm of coverage counts for: of the attention, up to 1, that each source element got.
  ///
  /// It is nothing for models that don't tell it (Wu et al. 2016, §7).
  public var coveragePenalty: Float = 0
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

  func divisor(ofLength length: Int) -> Float {
    switch lengthNormalization {
    case .power: pow(Float(length), lengthPenalty)
    case .gnmt: pow(Float(5 + length) / 6, lengthPenalty)
    }
  }
}

/// A continuation that a search found.
public struct Beam: Sendable, Hashable {
  /// Without the end-of-text token.
  public let tokens: [Int32]
  /// Why it ends: the model chose to, or there was no room for more.
  public let ending: ContinuationEnding
  /// The log-probability of the tokens, the end included, normalised by their number, with the
  /// coverage penalty.
  public let score: Float
}

extension StepFunction {
  /// The likeliest continuations of prompts that beam search finds, the best first.
  ///
  /// Each step follows the `width` best continuations of a prompt. Scores, and when a search ends,
  /// are those of Hugging Face's transformers. A search goes no further than the model's context.
  ///
  /// - Parameters:
  ///   - prompts: Token ids, at least one each.
  ///   - options: How continuations are searched for.
  ///   - limits: The most tokens of each prompt, at least 1, in place of the options' one.
  /// - Returns: `resultCount` continuations of each prompt, or fewer if there are no more.
  /// - Throws: `InputError` for a prompt that is empty or leaves no room, and for a model whose
  ///   logits are no numbers.
  public func beamSearch(
    _ prompts: [[Int32]], _ options: BeamOptions, limits: [Int]? = nil
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
    precondition(
      limits.map { $0.count == prompts.count && $0.allSatisfy { $0 > 0 } } ?? true,
      "beamSearch: expected a limit of at least 1 for each prompt")
    var searches = prompts.enumerated().map { index, prompt in
      var options = options
      if let limits { options.tokenCount = limits[index] }
      // The last token needs no place in the context, since nothing is asked after it.
      let room = contextLength.map { $0 - prompt.count + 1 } ?? .max
      return BeamSearch(prompt, options, tokenCount: min(options.tokenCount, room))
    }
    var (logits, state) = start(prompts)
    while true {
      let width = logits.columnCount
      // The row of each running beam, and which row it continues.
      var (parents, tokens, first): ([Int], [Int32], Int) = ([], [], 0)
      let coverage = options.coveragePenalty == 0 ? nil : self.coverage?(state)
      var logProbabilities = logits.logSoftmax()
      try logProbabilities.mutate(as: Float.self) { logits in
        for index in searches.indices {
          let count = searches[index].running.count
          let rows = UnsafeMutableBufferPointer(
            rebasing: logits[first * width..<(first + count) * width])
          let covered = coverage.map { Array($0[first..<first + count]) }
          for (parent, token) in try searches[index].step(rows, width, covering: covered) {
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

  /// Takes the log-probabilities after each running beam, and how well each covers its source, and decides
  /// which go on.
  ///
  /// - Returns: The former beam and the new token of each running beam.
  mutating func step(
    _ logProbabilities: UnsafeMutableBufferPointer<Float>, _ width: Int, covering coverage: [Float]?
  ) throws(InputError) -> [(parent: Int, token: Int32)] {
    guard !running.isEmpty else { return [] }
    stepCount += 1
    // Each beam has one candidate for each end: this leaves enough that go on. As in transformers,
    // there are twice as many as beams even where nothing ends.
    let limit = max(2, 1 + options.ends.count) * options.width
    var leaders = Leaders<Candidate>(limit) { $0.precedes($1) }
    for (beam, state) in running.enumerated() {
      let row = UnsafeMutableBufferPointer(
        rebasing: logProbabilities[beam * width..<(beam + 1) * width])
      // One logit that is no number makes all of its row so.
      guard row.first?.isNaN == false else {
        throw InputError(expected: "logits that are numbers", found: "others from the model")
      }
      options.penalties.apply(to: row, state.occurrences)
      if stepCount <= options.minimumTokenCount { row.bar(options.ends) }
      var least = leaders.last?.logProbability ?? -.infinity
      row.forEachBlock { block, tokens in
        // Few tokens of a vocabulary are among the likeliest.
        guard any((state.logProbability + block) .> least) else { return }
        for token in tokens where state.logProbability + row[token] > least {
          leaders.insert(
            Candidate(
              beam: beam, token: Int32(token), logProbability: state.logProbability + row[token]))
          least = leaders.last?.logProbability ?? -.infinity
        }
      }
    }
    var next: [Running] = []
    var step: [(parent: Int, token: Int32)] = []
    for (rank, candidate) in leaders.sorted.enumerated() {
      let isEnd = options.ends.contains(candidate.token)
      if isEnd || stepCount == tokenCount {
        // Those behind the first `width` only make up for beams that end.
        if rank < options.width { end(candidate, isEnd, coverage?[candidate.beam] ?? 0) }
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

  private mutating func end(_ candidate: Candidate, _ isEnd: Bool, _ coverage: Float) {
    let text = tokens(of: candidate.beam)
    let beam = Beam(
      tokens: isEnd ? text : text + [candidate.token],
      ending: isEnd ? .endOfText : tokenCount < options.tokenCount ? .context : .length,
      score: candidate.logProbability / options.divisor(ofLength: stepCount)
        + options.coveragePenalty * coverage)
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
    return best.logProbability / options.divisor(ofLength: length)
      <= ended[ended.count - 1].score
  }
}

extension UnsafeMutableBufferPointer<Float> {
  /// Calls back for blocks of sixteen elements and their indices; the last is filled up with −∞.
  fileprivate func forEachBlock(_ body: (_ block: SIMD16<Float>, _ indices: Range<Int>) -> Void) {
    let size = SIMD16<Float>.scalarCount
    let bytes = UnsafeRawBufferPointer(self)
    for start in stride(from: 0, to: count, by: size) {
      if start + size <= count {
        body(
          bytes.loadUnaligned(fromByteOffset: 4 * start, as: SIMD16<Float>.self),
          start..<start + size)
      } else {
        var block = SIMD16<Float>(repeating: -.infinity)
        for index in start..<count { block[index - start] = self[index] }
        body(block, start..<count)
      }
    }
  }
}
