import ApusFiles
import ApusModels
import Testing

@testable import ApusTraining

@Suite struct EnsembleRecipeTests {
  private func section(_ recipe: Recipe) throws -> EnsembleRecipe {
    guard case .ensemble(let section) = recipe.model else {
      throw InputError(expected: "an ensemble", found: recipe.name)
    }
    return section
  }

  private func members(_ recipe: Recipe, count: Int) throws -> [Recipe] {
    let section = try section(recipe)
    return (0..<count).map { section.member($0, of: recipe) }
  }

  @Test func membersAreDrawnFromSeedAndNumber() throws {
    var recipe = try Recipe.builtIn(named: "rmdl")
    let nine = try members(recipe, count: 9)
    #expect(try members(recipe, count: 3) == Array(nine.prefix(3)))
    #expect(Set(nine.map(\.training.seed)).count == 9)
    #expect(nine.map(\.model.kindName) == (0..<9).map { ["dnn", "textcnn", "bilstm"][$0 % 3] })
    for member in nine {
      try member.validate()
      #expect(try Recipe(yaml: member.yaml) == member)
    }
    recipe.training.seed = 1
    #expect(try members(recipe, count: 9) != nine)
  }

  @Test func valuesStayInTheirRanges() throws {
    var recipe = try Recipe.builtIn(named: "rmdl")
    var section = try section(recipe)
    (section.denseLayers, section.denseSizes) = ([1, 3], [5, 7])
    (section.kernelSizes, section.kernelCounts) = ([1, 4, 9], [1, 2])
    (section.lowestDropout, section.highestDropout) = (0.25, 0.25)
    section.optimizers = [.sgd, .adam]
    recipe.model = .ensemble(section)
    var drawn: (layers: Set<Int>, sizes: Set<Int>, kernels: Set<[Int]>, rates: Set<Double>) =
      ([], [], [], [])
    for member in try members(recipe, count: 300) {
      guard case .classifier(let model) = member.model else { continue }
      #expect(model.dropout == 0.25)
      drawn.rates.insert(member.optimizer.learningRate)
      if model.kind == .dnn {
        drawn.layers.insert(model.layerCount)
        drawn.sizes.insert(model.hiddenSize)
      } else if model.kind == .textcnn {
        drawn.kernels.insert(model.kernelSizes)
      }
    }
    #expect(drawn.layers == [1, 2, 3] && drawn.sizes == [5, 6, 7])
    #expect(drawn.kernels == [[1], [4], [9], [1, 4], [1, 9], [4, 9]])
    #expect(drawn.rates == [0.001, 0.01])
  }

  @Test(arguments: [
    ("networks: [dnn, textcnn, bilstm]", "networks: []", "model.networks"),
    ("networks: [dnn, textcnn, bilstm]", "networks: [dnn, cnn]", "model.networks"),
    ("networks: [dnn, textcnn, bilstm]", "networks: [textcnn, bilstm]", "\"termLimit\""),
    ("denseLayers: [1, 2]", "denseLayers: [2, 1]", "the smaller first"),
    ("denseLayers: [1, 2]", "denseLayers: [1]", "model.denseLayers"),
    ("dropouts: [0.3, 0.6]", "dropouts: [0.6, 0.3]", "the smaller first"),
    ("kernelCounts: [2, 4]", "kernelCounts: [2, 6]", "model.kernelSizes"),
    ("optimizers: [adam, rmsprop]", "optimizers: [adam, sdg]", "model.optimizers"),
    ("models: 3", "models: 0", "model.models"),
  ])
  func refusesWhatCanNotBeDrawn(_ sound: String, _ damaged: String, _ message: String) throws {
    let yaml = try #require(Recipe.text(ofBuiltIn: "rmdl"))
    #expect(yaml.contains(sound))
    let error = #expect(throws: InputError.self) {
      try Recipe(yaml: yaml.replacing(sound, with: damaged))
    }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }
}
