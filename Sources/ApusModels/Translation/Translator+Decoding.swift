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
  ///   - mode: How the model runs.
  /// - Returns: For each source `resultCount` translations, or fewer if there are no more.
  /// - Throws: `InputError` for options that contradict each other, and a model whose logits are no
  ///   numbers.
  public func translations(
    of sources: [[Int32]], _ search: TranslationSearch, _ mode: Mode
  ) throws -> [[Beam]] {
    let order = sources.indices.sorted { (sources[$0].count, $0) < (sources[$1].count, $1) }
    let batchSize = max(1, Self.rowsAtOnce / search.width)
    var results = [[Beam]](repeating: [], count: sources.count)
    for start in stride(from: 0, to: order.count, by: batchSize) {
      let batch = order[start..<min(start + batchSize, order.count)]
      let found = try searched(batch.map { sources[$0] }, search, mode)
      for (number, beams) in zip(batch, found) { results[number] = beams }
    }
    return results
  }

  /// The sequences that are decoded together: enough for products of matrices.
  private static let rowsAtOnce = 160

  private func searched(
    _ sources: [[Int32]], _ search: TranslationSearch, _ mode: Mode
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
        network, Sequences(ids: sources),
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
  ///   - mode: How the model runs.
  /// - Returns: Token ids without start and end.
  /// - Throws: `InputError` for a model whose logits are no numbers.
  public func samples(
    of sources: [[Int32]], _ sampling: Sampling, tokenCount: Int? = nil, key: RandomKey,
    numbers: [Int]? = nil, _ mode: Mode
  ) throws -> [[Int32]] {
    guard !sources.isEmpty else { return [] }
    let limits = sources.map { tokenCount ?? Self.tokenLimit(of: $0) }
    let options = GenerationOptions(
      sampling: sampling, tokenCount: limits.max() ?? 0, ends: [config.end])
    let prompts = sources.map { _ in [config.start] }
    func drawn(_ network: some TranslationNetwork) throws -> [[Int32]] {
      var continuation = try Continuation(
        prompts, options, key: key, numbers: numbers, limits: limits,
        by: steps(network, Sequences(ids: sources), observing: false, mode))
      while try continuation.next() != nil {}
      return continuation.tokens
    }
    return try drawn(network)
  }

  /// The model as decoding sees it: one source for each prompt, which is the start alone.
  private func steps<Network: TranslationNetwork>(
    _ network: Network, _ sources: Sequences, observing observes: Bool, _ mode: Mode
  ) -> StepFunction<DecodingState<Network.State>> {
    let lengths = sources.lengths
    func next(_ tokens: [Int32], _ state: inout DecodingState<Network.State>) -> Tensor {
      withoutGradients {
        let position = Int32(network.position(of: state.network))
        let positions = Tensor(tokens.map { _ in position })
        let inputs = embeddedInputs(network, Tensor(tokens), positions: positions, mode)
        let (outputs, weights) = network.step(inputs, &state.network, observing: observes, mode)
        if let weights { state.observe(weights) }
        return logits(ofOutputs: outputs, mode)
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
}

/// What decoding keeps of the sequences.
private struct DecodingState<Network: Sendable>: Sendable {
  var network: Network
  /// What each element of a sequence's source got of attention in all; nil if nobody asks.
  var attention: [[Float]]?

  mutating func observe(_ weights: [Tensor]) {
    guard var sums = attention.take() else { return }
    for (sequence, weights) in weights.enumerated() {
      for (place, weight) in weights.elements(as: Float.self).enumerated() {
        sums[sequence][place] += weight
      }
    }
    attention = sums
  }

  var coverage: [Float] {
    (attention ?? []).map { $0.reduce(0) { $0 + logf(max(min($1, 1), .leastNormalMagnitude)) } }
  }
}
