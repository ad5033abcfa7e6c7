import ApusTensors

extension EnsembleRecipe {
  /// The recipe of a member, a function of the ensemble's recipe, its seed and the member's number alone:
  /// an ensemble that is made larger keeps the members that it has.
  ///
  /// - Parameters:
  ///   - index: The number of the member.
  ///   - recipe: That of the ensemble, whose other sections the member shares.
  /// - Returns: The recipe of a classifier.
  func member(_ index: Int, of recipe: Recipe) -> Recipe {
    var random = RandomStream(
      RandomKey(seed: UInt64(recipe.training.seed), step: index, name: "ensemble"))
    var model = ClassifierRecipe(kind: networks[index % networks.count])
    model.wordDropout = wordDropout
    model.dropout = lowestDropout + random.uniform() * (highestDropout - lowestDropout)
    // Two digits are enough, and stay what they are in YAML.
    model.dropout = (model.dropout * 100).rounded() / 100
    switch model.kind {
    case .dnn:
      model.layerCount = random.value(of: denseLayers)
      model.hiddenSize = random.value(of: denseSizes)
      (model.termLimit, model.termWords) = (termLimit, termWords)
    case .textcnn:
      let count = random.value(of: kernelCounts)
      model.kernelSizes = kernelSizes.shuffled(using: &random).prefix(count).sorted()
      model.channelCount = random.value(of: channelCounts)
      model.layerCount = random.value(of: convolutionLayers)
    case .bilstm:
      model.cell = cells[random.below(cells.count)]
      model.layerCount = random.value(of: recurrentLayers)
      model.hiddenSize = random.value(of: recurrentSizes)
    }
    if model.kind != .dnn {
      (model.embeddingSize, model.freezesEmbeddings) = (embeddingSize, freezesEmbeddings)
      (model.embeddingDropout, model.longestText) = (embeddingDropout, longestText)
    }
    var member = recipe
    member.name = "\(recipe.name)-\(index)"
    member.summary = ""
    member.model = .classifier(model)
    if !optimizers.isEmpty {
      member.optimizer = recipe.optimizer.drawn(optimizers[random.below(optimizers.count)])
    }
    member.training.seed = Int(random.next() >> 33)
    return member
  }
}

extension OptimizerRecipe {
  /// An optimizer of another kind with the rate that goes with this one's: Keras starts SGD and Adagrad at
  /// ten times, and Adadelta at a thousand times the rate of Adam and RMSprop.
  fileprivate func drawn(_ kind: Kind) -> OptimizerRecipe {
    guard kind != self.kind else { return self }
    return OptimizerRecipe(
      kind: kind, learningRate: learningRate * Self.rateScale(kind) / Self.rateScale(self.kind))
  }

  private static func rateScale(_ kind: Kind) -> Double {
    switch kind {
    case .adam, .adamw, .rmsprop, .lamb: 1
    case .sgd, .adagrad: 10
    case .adadelta: 1000
    }
  }
}

extension RandomStream {
  /// A value from the first of two to the second, each as likely as the others.
  fileprivate mutating func value(of range: [Int]) -> Int {
    range[0] + below(range[1] - range[0] + 1)
  }
}
