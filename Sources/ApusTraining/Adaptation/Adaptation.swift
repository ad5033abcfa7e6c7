import ApusFiles
import ApusModels
import ApusTensors

/// What a recipe's adaptation means for the parameters of a model.
struct Adaptation: Sendable {
  /// What the model starts from: what the task says, without what is drawn anew, with adapters.
  let start: StartingPoint
  private let recipe: AdaptationRecipe
  private let blocks: EncoderBlocks?
  private let rates: [(pattern: NamePattern, factor: Double)]
  /// What never learns.
  private let frozen: Set<String>
  /// The steps after which one more block learns; nil where all do from the start.
  private let unfreezing: EpochLength?
  /// The weights before fine-tuning of what is mixed with them, by name.
  private let mixed: [String: Tensor]
  /// The table of words that is moved for second passes.
  private let moved: String?

  /// - Parameters:
  ///   - recipe: What is asked for.
  ///   - parameters: Those of the model as the task has it.
  ///   - start: What the task starts from.
  ///   - epoch: How long an epoch is, where that is known.
  /// - Throws: `InputError` for a pattern that matches nothing, or a part of what is stored as one; for
  ///   a key that has no effect for want of an encoder, blocks, epochs or anything that it is about.
  init(
    _ recipe: AdaptationRecipe, of parameters: [Parameter], from start: StartingPoint,
    epoch: EpochLength?
  ) throws(InputError) {
    self.recipe = recipe
    let blocks = start.encoder.map {
      EncoderBlocks(parameters.flatMap { $0.parts.map(\.name) }, encoder: $0)
    }
    try recipe.requireEffect(on: blocks)
    self.blocks = blocks
    unfreezing = try recipe.unfreezing(epoch)

    var start = start
    if let blocks {
      for name in blocks.drawn(recipe.reinitializedBlocks, of: parameters) {
        start.values[name] = nil
      }
      start.adapters = try recipe.adapters(for: parameters.filter { blocks.contains($0.name) })
    }
    self.start = start

    let factors = (start.adapters?.names ?? []).sorted().map(LowRankAdapters.factorNames)
      .flatMap { [[$0.down], [$0.up]] }
    let names = ParameterNames(parameters.map { $0.parts.map(\.name) } + factors)
    var frozen = Set(parameters.filter(\.isFrozen).map(\.name))
    if let blocks, start.adapters != nil {
      frozen.formUnion(parameters.map(\.name).filter(blocks.contains))
    }
    for pattern in recipe.freeze { frozen.formUnion(try names.matching(pattern, for: "freeze")) }
    self.frozen = frozen
    guard !names.all.allSatisfy(frozen.contains) else {
      throw InputError(
        expected: "adaptation.freeze to leave something to learn",
        found: recipe.freeze.joined(separator: ", "))
    }
    for rate in recipe.rates { _ = try names.matching(rate.name, for: "rates") }
    rates = recipe.rates.map { (NamePattern($0.name), $0.number) }

    let learning = parameters.filter { !frozen.contains($0.name) }
    mixed = try recipe.mixed(learning.filter { blocks?.contains($0.name) == true }, start)
    moved = try recipe.moved(parameters.filter { blocks?.contains($0.name) == true })
  }

  /// What the learning rate of a parameter is multiplied by.
  func rateFactor(of name: String) -> Double {
    let place =
      blocks.map { blocks in
        blocks.contains(name)
          ? power(recipe.layerDecay, blocks.depth(of: name)) : recipe.headRate
      } ?? 1
    return place * (rates.first { $0.pattern.matches(name) }?.factor ?? 1)
  }

  /// Freezes what does not learn in a step, and nothing else.
  ///
  /// A table that is moved along its gradient has one in any case.
  ///
  /// - Parameters:
  ///   - parameters: Those of the model.
  ///   - step: The steps done.
  func freeze(_ parameters: [Parameter], at step: Int) {
    for parameter in parameters {
      parameter.isFrozen = parameter.name != moved && !learns(parameter.name, at: step)
    }
  }

  private func learns(_ name: String, at step: Int) -> Bool {
    guard !frozen.contains(name) else { return false }
    guard let blocks, let unfreezing else { return true }
    return blocks.depth(of: name) <= unfreezing.epochs(in: step)
  }

  /// Mixes weights with those before fine-tuning, until `unmix`.
  ///
  /// - Parameters:
  ///   - parameters: Those of the model.
  ///   - key: What is drawn by, with each name.
  func mix(_ parameters: [Parameter], _ key: RandomKey) {
    guard !mixed.isEmpty else { return }
    for parameter in parameters {
      guard let source = mixed[parameter.name] else { continue }
      let dropped = Dropped(rate: Float(recipe.mixout), key: key.split(parameter.name))
      parameter.reparametrization = Mixout(source: source, dropped)
    }
  }

  func unmix(_ parameters: [Parameter]) {
    guard !mixed.isEmpty else { return }
    for parameter in parameters where mixed[parameter.name] != nil {
      parameter.reparametrization = nil
    }
  }

  /// The gradients of a loss, and with an adversarial step of that behind the step too.
  ///
  /// - Parameters:
  ///   - parameters: Those of the model.
  ///   - loss: The loss as weights are.
  ///   - step: The steps done.
  ///   - again: The loss once more.
  /// - Returns: The sum of both.
  func gradients(
    of parameters: [Parameter], _ loss: Tensor, at step: Int, again: () -> Tensor
  ) -> Gradients {
    var gradients = loss.gradients(of: parameters)
    guard let table = parameters.first(where: { $0.name == moved }),
      let stepLength = recipe.adversarialStep
    else { return gradients }
    let length = gradients.norm(of: [table])
    if let slope = gradients[table], length > 0, length.isFinite {
      table.reparametrization = Displacement(by: slope * Float(stepLength / length))
      defer { table.reparametrization = nil }
      gradients.add(again().gradients(of: parameters))
    }
    return gradients
  }

  /// The share of the slow weights that a step leaves; nil where none are asked for.
  var proximityDecay: Double? { recipe.proximity == nil ? nil : recipe.proximityDecay }

  /// Adds the gradients of how far answers change where word vectors do, and of how far they are from
  /// those of slow weights, as far as the recipe asks for these.
  ///
  /// - Parameters:
  ///   - gradients: Those of the loss.
  ///   - parameters: Those of the model.
  ///   - step: The steps done.
  ///   - key: What the search for a change starts from.
  ///   - slowAnswers: What the model says with slow weights, without gradients.
  ///   - answers: What the model says as it is; nil for what can't be compared.
  func steady(
    _ gradients: inout Gradients, of parameters: [Parameter], at step: Int, _ key: RandomKey,
    slowAnswers: () -> SmoothAnswers?, answers: () -> SmoothAnswers?
  ) {
    let table = parameters.first { $0.name == moved }
    defer { if let table, !learns(table.name, at: step) { gradients[table] = nil } }
    let slope = recipe.smoothness == nil ? nil : table.flatMap { gradients[$0] }
    guard recipe.proximity != nil || slope != nil, let given = answers() else { return }
    var losses: [Tensor] = []
    if let weight = recipe.proximity, let slow = slowAnswers() {
      losses.append(given.distance(to: slow, isLearning: true) * Float(weight))
    }
    if let smoothness = Smoothness(recipe), let table, let slope {
      let change = VectorChange(ofRowsIn: slope, drawnBy: key, deviation: smoothness.bound / 10)
      if let loss = smoothness.loss(
        moving: table, from: change, parameters, given: given, answers)
      {
        losses.append(loss)
      }
    }
    guard let first = losses.first else { return }
    gradients.add(losses.dropFirst().reduce(first, +).gradients(of: parameters))
  }

  /// What the run learnt for the encoder, under the names that it has alone; nil without adapters.
  func adapter(_ parameters: ParameterStore) -> Adapter? {
    guard let adapters = start.adapters, let place = start.encoder else { return nil }
    func named(_ name: String) -> String { String(name.dropFirst(place.count)) }
    let isTransposed = parameters.parameters.contains {
      $0.role == .map(.inputsByOutputs) && adapters.names.contains($0.name)
    }
    let targets = adapters.names.map { named($0).split(separator: ".").dropLast() }
      .map { $0.joined(separator: ".") }.sorted()
    return Adapter(
      recipe.adapterConfig(targets: targets, isTransposed: isTransposed),
      parameters.adapterValues.map { (named($0.name), $0.value) })
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { result, _ in result * base }
  }
}

extension AdaptationRecipe {
  /// Refuses what would do nothing for want of an encoder, or of blocks in it.
  fileprivate func requireEffect(on blocks: EncoderBlocks?) throws(InputError) {
    for key in keysForEncoders {
      guard let blocks else {
        throw InputError(
          expected: "no adaptation.\(key.name) without a pretrained encoder", found: "it")
      }
      if key.isForBlocks, blocks.count == 0 {
        throw InputError(
          expected: "an encoder of numbered blocks for adaptation.\(key.name)",
          found: "one without")
      }
    }
    if let blocks, reinitializedBlocks > blocks.count {
      throw InputError(
        expected: "adaptation.reinitializedBlocks to be at most the encoder's \(blocks.count)",
        found: "\(reinitializedBlocks)")
    }
  }

  /// The length of what ends with one more block that learns, as if it were an epoch.
  fileprivate func unfreezing(_ epoch: EpochLength?) throws(InputError) -> EpochLength? {
    if let unfreezeEvery { return EpochLength(batchCount: unfreezeEvery) }
    guard let count = unfreezeEveryEpochs else { return nil }
    guard let epoch else {
      throw InputError(
        expected: "adaptation.unfreezeEvery for data of which an epoch is not known",
        found: "unfreezeEveryEpochs")
    }
    return EpochLength(batchCount: epoch.batchCount * count, accumulation: epoch.accumulation)
  }

  /// The adapters of an encoder's matrices; nil if none are asked for.
  fileprivate func adapters(
    for parameters: [Parameter]
  ) throws(InputError) -> LowRankAdapters? {
    guard let loraRank else { return nil }
    let matrices = parameters.filter { if case .map = $0.role { true } else { false } }
      .flatMap { $0.parts.map(\.name) }.filter { $0.hasSuffix(".weight") }
    var names: Set<String> = []
    for target in loraTargets {
      let (whole, end) = (NamePattern(target + ".weight"), NamePattern("*." + target + ".weight"))
      let found = matrices.filter { whole.matches($0) || end.matches($0) }
      guard !found.isEmpty else {
        let ends = matrices.map { String($0.split(separator: ".").dropLast().last ?? "") }
        throw InputError(
          expected: "adaptation.loraTargets to be of the encoder's modules "
            + Set(ends).sorted().joined(separator: ", "),
          found: "\"\(target)\"")
      }
      names.formUnion(found)
    }
    return LowRankAdapters(names: names, rank: loraRank, scale: adapterConfig(targets: []).scale)
  }

  /// What PEFT is told of the adapters.
  func adapterConfig(targets: [String], isTransposed: Bool = false) -> AdapterConfig {
    AdapterConfig(
      rank: loraRank ?? 1, alpha: loraAlpha, isRankStabilized: loraRankStabilized,
      isTransposed: isTransposed, targets: targets)
  }

  /// The weights before fine-tuning of what mixout is for.
  fileprivate func mixed(
    _ learning: [Parameter], _ start: StartingPoint
  ) throws(InputError) -> [String: Tensor] {
    guard mixout > 0 else { return [:] }
    var sources: [String: Tensor] = [:]
    for parameter in learning {
      let parts = parameter.parts.compactMap { start.values[$0.name] }
      guard case .map = parameter.role, parts.count == parameter.parts.count else { continue }
      sources[parameter.name] = parts.count == 1 ? parts[0] : concatenated(parts)
    }
    guard !sources.isEmpty else {
      throw InputError(
        expected: "no adaptation.mixout where no map of the encoder learns", found: "\(mixout)")
    }
    return sources
  }

  /// The encoder's table of words, if it is to be moved.
  fileprivate func moved(_ parameters: [Parameter]) throws(InputError) -> String? {
    guard adversarialStep != nil || smoothness != nil else { return nil }
    guard let table = parameters.first(where: { $0.role == .table }) else {
      let key = smoothness == nil ? "adversarialStep" : "smoothness"
      throw InputError(
        expected: "no adaptation.\(key) for an encoder without word vectors", found: "it")
    }
    return table.name
  }
}
