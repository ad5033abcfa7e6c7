import ApusFiles
import ApusModels
import ApusLayers
import ApusTensors
import Testing

/// Small models of Hugging Face's transformers give the same here.
@Suite struct GoldenModelTests {
  @Test func gptGivesTheReferenceLogits() throws {
    let model = try loadedGPT().model
    let outputs = try SafetensorsFile(contentsOf: Golden.directory + "gpt/outputs.safetensors")
    let logits = model.logits(try ids(outputs), .evaluation())
    expectClose(logits, try outputs.tensor("logits"), 1e-5)
  }

  @Test func bertGivesTheReferenceStatesAndLogits() throws {
    let model = try loadedBERT().model
    let outputs = try SafetensorsFile(contentsOf: Golden.directory + "bert/outputs.safetensors")
    let states = model.encoder(
      try ids(outputs), segments: try outputs.tensor("segments"), .evaluation())
    expectClose(states.values, try outputs.tensor("states"), 1e-5)
    expectClose(
      model.vocabularyLogits(states.values, .evaluation()), try outputs.tensor("logits"), 1e-5)
    expectClose(model.nextLogits(states), try outputs.tensor("next"), 1e-5)
  }

  @Test func gptGivesTheReferenceLossAndGradients() throws {
    let (model, store) = try loadedGPT()
    let step = try firstStep("gpt")
    let batch = Sequences(ids: step.ids.map { Array($0.dropLast()) })
    let targets = Tensor(step.ids.flatMap { $0.dropFirst() })
    let loss = model.loss(batch, targets: targets, .evaluation())
    #expect(abs(loss.scalar - step.loss) < 1e-5 * step.loss)
    try expectGradients(loss, store, "gpt")
  }

  @Test func bertGivesTheReferenceLossesAndGradients() throws {
    let (model, store) = try loadedBERT()
    let step = try firstStep("bert")
    let ids = Sequences(ids: step.ids)
    let positions = zip(ids.offsets, step.masked).flatMap { offset, masked in
      masked.map { Int32(offset) + $0 }
    }
    let loss = model.loss(
      .init(
        ids: ids, segments: Tensor(step.segments.flatMap { $0 }), positions: Tensor(positions),
        labels: Tensor(step.labels.flatMap { $0 }), nextLabels: Tensor(step.next)),
      .evaluation())
    #expect(abs(loss.masked.scalar - step.maskedLoss) < 1e-5 * step.maskedLoss)
    #expect(abs((loss.next?.scalar ?? 0) - step.nextLoss) < 1e-5 * step.nextLoss)
    #expect(abs(loss.total.scalar - step.loss) < 1e-5 * step.loss)
    try expectGradients(loss.total, store, "bert")
  }

  /// Some gradients are zero in exact arithmetic, such as those of key biases; they are measured
  /// by the largest of all gradients.
  private func expectGradients(_ loss: Tensor, _ store: ParameterStore, _ name: String) throws {
    let golden = try SafetensorsFile(contentsOf: Golden.training + "\(name).safetensors")
    let gradients = loss.gradients(of: store.parameters)
    var checked = 0
    for parameter in store.parameters {
      let gradient = try #require(gradients[parameter])
      for (part, found) in parameter.named(gradient) {
        expectClose(found, try golden.tensor("first/\(part)"), 1e-4, floor: 0.01, part)
        checked += 1
      }
    }
    #expect(checked == golden.entries.count { $0.name.hasPrefix("first/") })
  }

  private func ids(_ outputs: SafetensorsFile) throws -> Sequences {
    Sequences(
      try outputs.tensor("ids"),
      lengths: try outputs.tensor("lengths").elements(as: Int32.self).map { Int($0) })
  }
}

func loadedGPT() throws -> (model: GPT, store: ParameterStore) {
  let (model, store) = try ModelDirectory.load(Golden.directory + "gpt")
  guard case .gpt(let gpt) = model else { throw InputError(expected: "a GPT", found: "\(model)") }
  return (gpt, store)
}

func loadedBERT() throws -> (model: BERTPretraining, store: ParameterStore) {
  let (model, store) = try ModelDirectory.load(Golden.directory + "bert")
  guard case .bert(let bert) = model else {
    throw InputError(expected: "a BERT", found: "\(model)")
  }
  return (bert, store)
}

/// The first training step of a golden file.
struct GoldenStep {
  var ids: [[Int32]]
  var segments, masked, labels: [[Int32]]
  var next: [Int32]
  var loss, maskedLoss, nextLoss: Float
}

private func firstStep(_ name: String) throws -> GoldenStep {
  let step = try JSONField(contentsOf: Golden.training + "\(name).json")["steps"].array()[0]
  func integers(_ field: JSONField) throws -> [Int32] {
    try field.array().map { Int32(try $0.integer(in: 0...1000)) }
  }
  func lists(_ key: String) throws -> [[Int32]] {
    step[key].isNull ? [] : try step[key].array().map(integers)
  }
  func number(_ key: String) -> Float {
    guard case .number(let value) = step[key].value else { return .nan }
    return Float(value)
  }
  return GoldenStep(
    ids: try lists("ids"), segments: try lists("segments"), masked: try lists("masked"),
    labels: try lists("labels"), next: step["next"].isNull ? [] : try integers(step["next"]),
    loss: number("loss"), maskedLoss: number("masked_loss"), nextLoss: number("next_loss"))
}
