import ApusLayers
import ApusModels
import ApusTensors
import Testing

/// What is computed with cached keys and values is what is computed without.
@Suite struct CacheTests {
  private static let variants: [GPTConfig] = PositionKind.allCases.flatMap { positions in
    NormPlacement.allCases.map { placement in
      var config = GPTConfig(
        vocabularySize: 31, contextLength: 48, hiddenSize: 36, layerCount: 3, headCount: 2)
      config.positions = positions
      config.normPlacement = placement
      config.initializerRange = 0.3
      return config
    }
  }

  private let prompts: [[Int32]] = [[3, 1, 4, 1, 5], [9], Array(0..<30), [2, 7]]
  private let continuation: [Int32] = [6, 30, 0, 8, 8, 1, 17, 25]

  @Test(arguments: variants, Mode.Precision.allCases)
  func cachedEqualsUncached(_ config: GPTConfig, _ precision: Mode.Precision) {
    let model = GPT(config, in: ParameterStore(seed: 3).root)
    let mode = Mode.evaluation(precision)
    // Rounding to eight bits falls differently in kernels that sum in another order.
    let tolerance: Float = precision == .bf16 ? 0.05 : precision == .int8 ? 5e-4 : 1e-5
    var texts = prompts
    var (logits, cache) = model.start(Sequences(ids: texts), mode)
    for step in 0...continuation.count {
      let whole = Sequences(ids: texts)
      let expected = lasts(model.logits(whole, mode), whole)
      expectClose(logits, expected, tolerance, "step \(step)")
      guard step < continuation.count else { break }
      let tokens = texts.indices.map { (continuation[step] + Int32($0)) % 31 }
      for (row, token) in tokens.enumerated() { texts[row].append(token) }
      logits = model.next(Tensor(tokens), extending: &cache, mode)
    }
    #expect(cache.counts == texts.map(\.count))
  }

  @Test func selectsAndBranches() {
    let model = GPT(Self.variants[0], in: ParameterStore(seed: 3).root)
    let mode = Mode.evaluation()
    let (_, cache) = model.start(Sequences(ids: prompts), mode)
    var selected = cache.selecting([2, 0, 2])
    var branch = selected
    let first = model.next(Tensor([1, 2, 3] as [Int32]), extending: &selected, mode)
    // The branch must not see what its sibling appended.
    let second = model.next(Tensor([4, 2, 3] as [Int32]), extending: &branch, mode)
    #expect(first.rows(1..<3).floatElements == second.rows(1..<3).floatElements)
    let whole = Sequences(ids: [prompts[2] + [4], prompts[0] + [2]])
    expectClose(second.rows(0..<2), lasts(model.logits(whole, mode), whole), 1e-5)
  }

  private func lasts(_ logits: Tensor, _ texts: Sequences) -> Tensor {
    logits.gathered(texts.offsets.dropFirst().map { Int32($0 - 1) })
  }
}
