import ApusLayers
import ApusModels
import ApusTensors
import Testing

/// What must hold for every variant of position and norm.
@Suite struct TransformerTests {
  struct Variant: Sendable, CustomTestStringConvertible {
    let positions: PositionKind
    let placement: NormPlacement
    var testDescription: String { "\(positions) \(placement)" }
  }

  private static let variants = PositionKind.allCases.flatMap { positions in
    NormPlacement.allCases.map { Variant(positions: positions, placement: $0) }
  }

  private func gpt(_ variant: Variant, dropout: Float = 0) -> (GPT, ParameterStore) {
    var config = GPTConfig(
      vocabularySize: 23, contextLength: 20, hiddenSize: 24, layerCount: 2, headCount: 3)
    (config.positions, config.normPlacement) = (variant.positions, variant.placement)
    (config.dropout, config.attentionDropout) = (dropout, dropout)
    config.initializerRange = 0.2
    let store = ParameterStore(seed: 11)
    return (GPT(config, in: store.root), store)
  }

  private func bert(_ variant: Variant, dropout: Float = 0) -> (BERTPretraining, ParameterStore) {
    var config = BERTConfig(
      vocabularySize: 23, contextLength: 20, hiddenSize: 24, layerCount: 2, headCount: 3)
    (config.positions, config.normPlacement) = (variant.positions, variant.placement)
    (config.dropout, config.attentionDropout) = (dropout, dropout)
    config.initializerRange = 0.2
    let store = ParameterStore(seed: 11)
    return (BERTPretraining(config, in: store.root), store)
  }

  private let texts: [[Int32]] = [[1, 2, 3], [4], Array(3..<20), [9, 9, 9, 9, 9]]

  @Test(arguments: variants) func matesChangeNothing(_ variant: Variant) {
    let (gpt, bert) = (gpt(variant).0, bert(variant).0)
    let together = Sequences(ids: texts)
    let logits = gpt.logits(together, .evaluation())
    let states = bert.encoder(together, .evaluation()).values
    for (index, text) in texts.enumerated() {
      let alone = Sequences(ids: [text])
      let rows = together.offsets[index]..<together.offsets[index + 1]
      expectClose(logits.rows(rows), gpt.logits(alone, .evaluation()), 1e-6, "\(text)")
      expectClose(states.rows(rows), bert.encoder(alone, .evaluation()).values, 1e-6, "\(text)")
    }
  }

  @Test(arguments: variants) func orderAndDirectionMatter(_ variant: Variant) {
    let (gpt, bert) = (gpt(variant).0, bert(variant).0)
    let text: [Int32] = [1, 2, 3, 4, 5, 6]
    let changed: [Int32] = [1, 2, 3, 4, 6, 5]
    let (a, b) = (Sequences(ids: [text]), Sequences(ids: [changed]))
    let (before, after) = (gpt.logits(a, .evaluation()), gpt.logits(b, .evaluation()))
    // A causal model can't see what comes later; an encoder can.
    #expect(before.rows(0..<4).floatElements == after.rows(0..<4).floatElements)
    #expect(before.rows(5..<6).floatElements != after.rows(5..<6).floatElements)
    let states = (bert.encoder(a, .evaluation()).values, bert.encoder(b, .evaluation()).values)
    #expect(states.0.rows(0..<1).floatElements != states.1.rows(0..<1).floatElements)
    // Without positions, swapping two tokens would only swap their states.
    #expect(states.0.rows(4..<5).floatElements != states.1.rows(5..<6).floatElements)
  }

  @Test(arguments: variants) func everyParameterLearns(_ variant: Variant) {
    let mode = Mode.training(seed: 1, step: 0)
    let (gpt, gptStore) = gpt(variant, dropout: 0.1)
    let ids = Sequences(ids: texts)
    let gptLoss = gpt.loss(ids, targets: ids.values, mode)
    expectGradients(gptLoss, gptStore)
    let (bert, bertStore) = bert(variant, dropout: 0.1)
    expectGradients(bert.loss(batch(ids), mode).total, bertStore)
  }

  private func expectGradients(_ loss: Tensor, _ store: ParameterStore) {
    #expect(loss.scalar.isFinite)
    let gradients = loss.gradients(of: store.parameters)
    for parameter in store.parameters {
      let gradient = gradients[parameter]?.floatElements ?? []
      #expect(gradient.contains { $0 != 0 }, "\(parameter.name)")
      #expect(gradient.allSatisfy { $0.isFinite }, "\(parameter.name)")
    }
  }

  /// The slope along the gradient is its squared norm, which finds a wrong gradient anywhere.
  @Test(arguments: variants) func gradientsPredictTheLoss(_ variant: Variant) {
    let (gpt, gptStore) = gpt(variant)
    let ids = Sequences(ids: texts)
    expectSlope(gptStore) { gpt.loss(ids, targets: ids.values, .evaluation()) }
    let (bert, bertStore) = bert(variant)
    expectSlope(bertStore) { bert.loss(batch(ids), .evaluation()).total }
  }

  private func expectSlope(_ store: ParameterStore, _ loss: () -> Tensor) {
    let gradients = loss().gradients(of: store.parameters)
    let squared = store.parameters.reduce(0.0) { sum, parameter in
      sum + (gradients[parameter]?.floatElements ?? []).reduce(0.0) { $0 + Double($1 * $1) }
    }
    func shifted(_ amount: Double) -> Double {
      let rate = Float(amount / squared.squareRoot())
      func move(_ rate: Float) {
        for parameter in store.parameters {
          guard let gradient = gradients[parameter]?.floatElements else { continue }
          parameter.update { value in
            value.mutate(as: Float.self) { weights in
              for index in weights.indices { weights[index] += rate * gradient[index] }
            }
          }
        }
      }
      move(rate)
      defer { move(-rate) }
      return Double(loss().scalar)
    }
    let step = 0.01
    let slope = (shifted(step) - shifted(-step)) / (2 * step)
    #expect(abs(slope / squared.squareRoot() - 1) < 5e-3)
  }

  @Test(arguments: variants) func bf16IsCloseToFP32(_ variant: Variant) {
    let (gpt, bert) = (gpt(variant).0, bert(variant).0)
    let ids = Sequences(ids: texts)
    let whole = gpt.loss(ids, targets: ids.values, .evaluation()).scalar
    let rounded = gpt.loss(ids, targets: ids.values, .evaluation(.bf16)).scalar
    #expect(rounded != whole && abs(rounded - whole) < 0.02 * whole)
    let wholeBERT = bert.loss(batch(ids), .evaluation()).total.scalar
    let roundedBERT = bert.loss(batch(ids), .evaluation(.bf16)).total.scalar
    #expect(roundedBERT != wholeBERT && abs(roundedBERT - wholeBERT) < 0.02 * wholeBERT)
  }

  @Test func dropoutIsAFunctionOfSeedStepAndPart() {
    let (model, _) = gpt(Variant(positions: .learned, placement: .pre), dropout: 0.3)
    let ids = Sequences(ids: texts)
    func loss(_ mode: Mode) -> Float { model.loss(ids, targets: ids.values, mode).scalar }
    let mode = Mode.training(seed: 1, step: 5)
    #expect(loss(mode) == loss(.training(seed: 1, step: 5)))
    let others = [
      loss(mode), loss(.training(seed: 2, step: 5)), loss(.training(seed: 1, step: 6)),
      loss(mode.split(0)), loss(mode.split(1)), loss(.evaluation()),
    ]
    #expect(Set(others).count == others.count)
  }

  @Test func embeddingsCanHaveARateOfTheirOwn() {
    var config = GPTConfig(
      vocabularySize: 23, contextLength: 20, hiddenSize: 24, layerCount: 2, headCount: 3)
    config.dropout = 0
    let ids = Sequences(ids: texts)
    func zeroCount(_ rate: Float?) -> Int {
      config.embeddingDropout = rate
      let model = GPT(config, in: ParameterStore(seed: 11).root)
      return model.embedded(ids, segments: nil, .training(seed: 1, step: 0)).values.floatElements
        .count { $0 == 0 }
    }
    #expect(zeroCount(nil) == 0)
    #expect(abs(Double(zeroCount(0.5)) / Double(24 * ids.elementCount) - 0.5) < 0.1)
    config.dropout = 0.5
    #expect(zeroCount(nil) == zeroCount(0.5) && zeroCount(0) == 0)
  }

  @Test(arguments: variants, [Mode.Precision.fp32, .bf16])
  func everyLayerHasTheTypeOfTheMode(_ variant: Variant, _ precision: Mode.Precision) {
    let (gpt, bert) = (gpt(variant).0, bert(variant).0)
    let (ids, mode) = (Sequences(ids: texts), Mode.evaluation(precision))
    for layer in [0, 1, 2, nil] {
      #expect(gpt(ids, after: layer, mode).values.type == mode.scalarType)
      #expect(bert.encoder(ids, after: layer, mode).values.type == mode.scalarType)
    }
    #expect(gpt.hiddenStates(ids, mode).allSatisfy { $0.values.type == mode.scalarType })
  }

  @Test(arguments: variants, [Mode.Precision.fp32, .bf16])
  func recomputingBlocksChangesNothing(_ variant: Variant, _ precision: Mode.Precision) {
    let ids = Sequences(ids: texts)
    func bits(_ recomputesBlocks: Bool) -> [[Float]] {
      let mode = Mode.training(
        seed: 3, step: 2, precision: precision, recomputesBlocks: recomputesBlocks)
      let (gpt, gptStore) = gpt(variant, dropout: 0.2)
      let (bert, bertStore) = bert(variant, dropout: 0.2)
      return [
        (gpt.loss(ids, targets: ids.values, mode), gptStore),
        (bert.loss(batch(ids), mode).total, bertStore),
      ].flatMap { loss, store in
        let gradients = loss.gradients(of: store.parameters)
        return [[loss.scalar]] + store.parameters.map { gradients[$0]?.floatElements ?? [] }
      }
    }
    #expect(bits(true) == bits(false))
  }

  @Test func divisorsAddUpPartsOfABatch() {
    let (model, _) = bert(Variant(positions: .learned, placement: .post))
    let whole = model.loss(batch(Sequences(ids: texts)), .evaluation())
    let parts = texts.map { batch(Sequences(ids: [$0])) }
    let masked = Float(parts.reduce(0) { $0 + $1.labels.count })
    let losses = parts.map {
      model.loss($0, .evaluation(), maskedDivisor: masked, nextDivisor: Float(texts.count))
    }
    let sum = losses.reduce(0) { $0 + $1.total.scalar }
    #expect(abs(sum - whole.total.scalar) < 1e-5 * sum)
  }

  @Test func leavesOutWhatIsNotAsked() {
    let (model, store) = bert(Variant(positions: .learned, placement: .post))
    var batch = batch(Sequences(ids: texts))
    batch.nextLabels = nil
    let loss = model.loss(batch, .evaluation())
    #expect(loss.next == nil && loss.total.scalar == loss.masked.scalar)
    let gradients = loss.total.gradients(of: store.parameters)
    let untouched = store.parameters.filter { gradients[$0] == nil }.map(\.name)
    #expect(
      untouched == [
        "bert.pooler.dense.weight", "bert.pooler.dense.bias", "cls.seq_relationship.weight",
        "cls.seq_relationship.bias",
      ])
  }

  @Test func segmentsMatter() {
    let (model, _) = bert(Variant(positions: .learned, placement: .post))
    let ids = Sequences(ids: texts)
    let first = model.encoder(ids, .evaluation()).values
    let zeros = model.encoder(ids, segments: .zeros([ids.elementCount], .int32), .evaluation())
    let ones = Tensor([Int32](repeating: 1, count: ids.elementCount))
    let second = model.encoder(ids, segments: ones, .evaluation()).values
    #expect(first.floatElements == zeros.values.floatElements)
    #expect(first.floatElements != second.floatElements)
  }

  @Test func startsAsThePapersSay() {
    let store = ParameterStore(seed: 1)
    _ = GPT(
      GPTConfig(
        vocabularySize: 200, contextLength: 64, hiddenSize: 64, layerCount: 8, headCount: 4),
      in: store.root)
    func deviation(_ name: String) -> Float {
      let values = store.namedValues.first { $0.name == name }?.value.floatElements ?? []
      return (values.reduce(0) { $0 + $1 * $1 } / Float(values.count)).squareRoot()
    }
    for name in ["wte.weight", "wpe.weight", "h.3.attn.c_attn.weight", "h.0.mlp.c_fc.weight"] {
      #expect(abs(deviation("transformer.\(name)") / 0.02 - 1) < 0.05, "\(name)")
    }
    for name in ["h.0.attn.c_proj.weight", "h.7.mlp.c_proj.weight"] {
      #expect(abs(deviation("transformer.\(name)") / 0.005 - 1) < 0.05, "\(name)")
    }
    #expect(deviation("transformer.h.0.attn.c_attn.bias") == 0)
    #expect(deviation("transformer.ln_f.weight") == 1)
  }

  /// Every third token masked, and whatever is to be predicted a function of its sequence alone.
  private func batch(_ ids: Sequences) -> BERTPretraining.Batch {
    let places = ids.positions.elements(as: Int32.self)
    let masked = places.indices.filter { places[$0] % 3 == 0 }
    let tokens = ids.values.elements(as: Int32.self)
    return .init(
      ids: ids, segments: Tensor(places.map { min($0 / 4, 1) }),
      positions: Tensor(masked.map(Int32.init)),
      labels: Tensor(masked.map { (tokens[$0] * 7 + places[$0]) % 23 }),
      nextLabels: Tensor(ids.lengths.map { Int32($0 % 2) }))
  }
}
