import ApusDecoding
import ApusFiles
import ApusLayers
import ApusTensors
import Glibc

/// How translations are searched for.
public struct TranslationSearch: Sendable, Hashable {
  /// The translations of a source that are followed at once; 1 takes the likeliest token always.
  public var width = 5
  /// The translations that are given back.
  public var resultCount = 1
  /// The power of GNMT's length normalisation; 0 for none.
  public var lengthPenalty: Float = 0.6
  /// The weight of coverage, which models without attention do not have; 0 for none.
  public var coveragePenalty: Float = 0
  /// The most tokens of a translation; nil for twice as many as the source has, and fifty.
  public var tokenCount: Int?
  /// The tokens that a translation has at least.
  public var minimumTokenCount = 0
  /// The only tokens that a translation may have, beside its end; nil for all.
  public var allowed: Set<Int32>?

  public init(width: Int = 5, resultCount: Int = 1) {
    self.width = width
    self.resultCount = resultCount
  }
}

extension Translator {
  /// The likeliest translations that beam search finds, the best first.
  ///
  /// Sources of like length are decoded together.
  ///
  /// - Parameters:
  ///   - sources: Token ids with their ends.
  ///   - search: How they are searched for.
  ///   - copies: For a model that copies, what each token of the sources is as a target, as in `loss`;
  ///     translations may have the ids behind the target's vocabulary as well.
  ///   - mode: How the model runs.
  /// - Returns: For each source `resultCount` translations, or fewer if there are no more.
  /// - Throws: `InputError` for options that contradict each other, and a model whose logits are no
  ///   numbers.
  public func translations(
    of sources: [[Int32]], _ search: TranslationSearch, copies: [[Int32]]? = nil, _ mode: Mode
  ) throws -> [[Beam]] {
    try requireAllowed(search.allowed)
    let order = sources.indices.sorted { (sources[$0].count, $0) < (sources[$1].count, $1) }
    let batchSize = max(1, Self.rowsAtOnce / search.width)
    var results = [[Beam]](repeating: [], count: sources.count)
    for start in stride(from: 0, to: order.count, by: batchSize) {
      let batch = order[start..<min(start + batchSize, order.count)]
      let found = try searched(
        batch.map { sources[$0] }, search, copies: copies.map { all in batch.map { all[$0] } }, mode
      )
      for (number, beams) in zip(batch, found) { results[number] = beams }
    }
    return results
  }

  /// The sequences that are decoded together: enough for products of matrices.
  private static let rowsAtOnce = 160

  /// - Throws: `InputError` for a token that the target's vocabulary does not have.
  private func requireAllowed(_ tokens: Set<Int32>?) throws(InputError) {
    for token in tokens ?? [] where !(0..<config.targetVocabularySize ~= Int(token)) {
      throw InputError(
        expected: "allowed tokens from 0 to \(config.targetVocabularySize - 1)", found: "\(token)")
    }
  }

  private func searched(
    _ sources: [[Int32]], _ search: TranslationSearch, copies: [[Int32]]?, _ mode: Mode
  ) throws -> [[Beam]] {
    let limits = sources.map { search.tokenCount ?? Self.tokenLimit(of: $0) }
    var options = try BeamOptions(
      width: search.width, resultCount: search.resultCount, lengthPenalty: search.lengthPenalty,
      tokenCount: limits.max() ?? 0, minimumTokenCount: search.minimumTokenCount,
      ends: [config.end])
    options.lengthNormalization = .gnmt
    options.coveragePenalty = search.coveragePenalty
    let prompts = sources.map { _ in [config.start] }
    func searched(_ network: some TranslationNetwork) throws -> [[Beam]] {
      try steps(
        network, Sequences(ids: sources), copies: copies, allowed: search.allowed,
        observing: search.coveragePenalty != 0 && network.attends, mode
      ).beamSearch(prompts, options, limits: limits)
    }
    return try searched(network)
  }

  /// The most tokens of a translation where nobody asks for fewer or more; each source has its own, so
  /// that those beside it change nothing.
  private static func tokenLimit(of source: [Int32]) -> Int { 2 * source.count + 50 }

  /// Translations drawn by chance, one of each source.
  ///
  /// - Parameters:
  ///   - sources: Token ids with their ends.
  ///   - sampling: How tokens are drawn.
  ///   - tokenCount: The most tokens of a translation; nil for twice as many as the source has, and
  ///     fifty.
  ///   - key: What all draws depend on.
  ///   - numbers: The numbers of the sources, which their draws depend on; from 0 on unless given.
  ///   - allowed: The only tokens that may be drawn, beside the end; nil for all.
  ///   - copies: As in `translations(of:_:copies:_:)`.
  ///   - mode: How the model runs.
  /// - Returns: Token ids without start and end.
  /// - Throws: `InputError` for a model whose logits are no numbers, and for allowed tokens that there
  ///   are not.
  public func samples(
    of sources: [[Int32]], _ sampling: Sampling, tokenCount: Int? = nil, key: RandomKey,
    numbers: [Int]? = nil, allowed: Set<Int32>? = nil, copies: [[Int32]]? = nil, _ mode: Mode
  ) throws -> [[Int32]] {
    try requireAllowed(allowed)
    guard !sources.isEmpty else { return [] }
    let limits = sources.map { tokenCount ?? Self.tokenLimit(of: $0) }
    let options = GenerationOptions(
      sampling: sampling, tokenCount: limits.max() ?? 0, ends: [config.end])
    let prompts = sources.map { _ in [config.start] }
    func drawn(_ network: some TranslationNetwork) throws -> [[Int32]] {
      var continuation = try Continuation(
        prompts, options, key: key, numbers: numbers, limits: limits,
        by: steps(
          network, Sequences(ids: sources), copies: copies, allowed: allowed, observing: false, mode
        ))
      while try continuation.next() != nil {}
      return continuation.tokens
    }
    return try drawn(network)
  }

  /// The model as decoding sees it: one source for each prompt, which is the start alone.
  private func steps<Network: TranslationNetwork>(
    _ network: Network, _ sources: Sequences, copies: [[Int32]]?, allowed: Set<Int32>?,
    observing observes: Bool, _ mode: Mode
  ) -> StepFunction<DecodingState<Network.State>> {
    precondition(
      !config.copies || copies != nil, "Translator: expected copies for a model that copies")
    let lengths = sources.lengths
    let copier = copies.map { SourceCopier($0, vocabularySize: config.targetVocabularySize) }
    let width = copier?.width ?? config.targetVocabularySize
    let bars = allowed.map { barrier(to: $0, width: width) }
    func next(_ tokens: [Int32], _ state: inout DecodingState<Network.State>) -> Tensor {
      withoutGradients {
        let position = Int32(network.position(of: state.network))
        let positions = Tensor(tokens.map { _ in position })
        let inputs = embeddedInputs(network, known(Tensor(tokens)), positions: positions, mode)
        let decoded = network.step(inputs, &state.network, observing: observes, mode)
        if observes, let weights = decoded.weights { state.observe(weights) }
        var logits = logits(ofOutputs: decoded.outputs, mode)
        if let copier, let gates = decoded.gates, let weights = decoded.weights {
          logits = copier.logProbabilities(
            logits, gates: gates, weights: weights, sources: network.sources(of: state.network))
        }
        return bars.map { logits + $0 } ?? logits
      }
    }
    return StepFunction(
      contextLength: nil,
      start: { prompts in
        var state = withoutGradients {
          DecodingState(
            network: network.start(
              network.encode(embeddedSources(network, sources, mode), mode)),
            attention: observes ? lengths.map { Array(repeating: 0, count: $0) } : nil)
        }
        let logits = next(prompts.map { $0[0] }, &state)
        return (logits, state)
      },
      next: next,
      select: { sequences, state in
        DecodingState(
          network: network.select(sequences, state.network),
          attention: state.attention.map { attention in sequences.map { attention[$0] } })
      },
      coverage: observes ? { $0.coverage } : nil)
  }

  /// What is added to logits so that some tokens and the end alone are possible.
  private func barrier(to allowed: Set<Int32>, width: Int) -> Tensor {
    var values = [Float](repeating: -.infinity, count: width)
    for token in allowed { values[Int(token)] = 0 }
    values[Int(config.end)] = 0
    return Tensor(values)
  }
}

/// What decoding keeps of the sequences.
private struct DecodingState<Network: Sendable>: Sendable {
  var network: Network
  /// What each element of a sequence's source got of attention in all; nil if nobody asks.
  var attention: [[Float]]?

  /// Takes the weights of a step, those of one sequence after the other.
  mutating func observe(_ weights: Tensor) {
    guard var sums = attention.take() else { return }
    weights.withElements(as: Float.self) { weights in
      var start = 0
      for sequence in sums.indices {
        for place in sums[sequence].indices { sums[sequence][place] += weights[start + place] }
        start += sums[sequence].count
      }
    }
    attention = sums
  }

  var coverage: [Float] {
    (attention ?? []).map { $0.reduce(0) { $0 + logf(max(min($1, 1), .leastNormalMagnitude)) } }
  }
}
