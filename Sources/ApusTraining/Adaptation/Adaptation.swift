import ApusFiles
import ApusTensors

/// What a recipe's adaptation means for the parameters of a model.
struct Adaptation: Sendable {
  private let recipe: AdaptationRecipe
  private let blocks: EncoderBlocks?
  private let rates: [(pattern: NamePattern, factor: Double)]
  /// What never learns.
  private let frozen: Set<String>
  /// The steps after which one more block learns; nil where all do from the start.
  private let unfreezing: EpochLength?

  /// - Parameters:
  ///   - recipe: What is asked for.
  ///   - parameters: Those of the model.
  ///   - start: What the task starts from.
  ///   - epoch: How long an epoch is, where that is known.
  /// - Throws: `InputError` for a pattern that matches nothing, or a part of what is stored as one; for
  ///   a key that needs an encoder, blocks or epochs where there are none.
  init(
    _ recipe: AdaptationRecipe, of parameters: [Parameter], from start: StartingPoint,
    epoch: EpochLength?
  ) throws(InputError) {
    self.recipe = recipe
    let blocks = start.encoder.map { EncoderBlocks(parameters.map(\.name), encoder: $0) }
    if blocks == nil, let key = recipe.keyForEncoders {
      throw InputError(
        expected: "no adaptation.\(key) without a pretrained encoder", found: "it")
    }
    if blocks?.count == 0, let key = recipe.keyForBlocks {
      throw InputError(
        expected: "an encoder of numbered blocks for adaptation.\(key)", found: "one without")
    }
    self.blocks = blocks
    let names = ParameterNames(parameters)
    var frozen: Set<String> = []
    for pattern in recipe.freeze { frozen.formUnion(try names.matching(pattern, for: "freeze")) }
    self.frozen = frozen
    for rate in recipe.rates { _ = try names.matching(rate.name, for: "rates") }
    rates = recipe.rates.map { (NamePattern($0.name), $0.number) }
    unfreezing = try recipe.unfreezing(epoch)
    // What the task leaves as it is counts as frozen here too.
    let all = frozen.union(parameters.filter(\.isFrozen).map(\.name))
    guard !parameters.allSatisfy({ all.contains($0.name) }) else {
      throw InputError(
        expected: "adaptation.freeze to leave something to learn",
        found: recipe.freeze.joined(separator: ", "))
    }
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
  /// - Parameters:
  ///   - parameters: Those of the model.
  ///   - start: What the task starts from.
  ///   - step: The steps done.
  func freeze(_ parameters: [Parameter], from start: StartingPoint, at step: Int) {
    let depth = unfreezing.map { $0.epochs(in: step) } ?? .max
    for parameter in parameters {
      let name = parameter.name
      parameter.isFrozen =
        start.freezes(name) || frozen.contains(name)
        || blocks.map { $0.depth(of: name) > depth }
          ?? false
    }
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { result, _ in result * base }
  }
}

extension AdaptationRecipe {
  /// A key that has a meaning for blocks alone and is given; nil if there is none.
  fileprivate var keyForBlocks: String? {
    let given = [
      ("unfreezeEvery", unfreezeEvery != nil), ("unfreezeEveryEpochs", unfreezeEveryEpochs != nil),
      ("layerDecay", layerDecay != 1),
    ]
    return given.first { $0.1 }?.0
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
}
