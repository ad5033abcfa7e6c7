import Testing

@testable import ApusTensors

@Suite struct ReparametrizationTests {
  private static let rank = 2

  /// A matrix of two stacked ones of [3, 4], of which the second has an adapter, or one of [4, 3].
  private static func adapted(_ layout: WeightLayout) -> (Parameter, [Parameter]) {
    let name = layout == .outputsByInputs ? "b.weight" : "a.weight"
    var start = StartingPoint(frozen: ["*a.weight"])
    start.adapters = LowRankAdapters(names: [name], rank: rank, scale: 1.5)
    let store = ParameterStore(seed: 5, from: start)
    let matrix =
      layout == .outputsByInputs
      ? store.root.parameter(
        stacking: ["a.weight", "b.weight"], [3, 4], .uniform(1), role: .map(layout))
      : store.root.parameter("a.weight", [4, 3], .uniform(1), role: .map(layout))
    return (matrix, store.parameters)
  }

  /// Through B·A, against central differences in Double.
  @Test(arguments: [WeightLayout.outputsByInputs, .inputsByOutputs])
  func gradientsGoThroughBothFactors(_ layout: WeightLayout) throws {
    let (matrix, all) = Self.adapted(layout)
    #expect(all.count == 3 && all[1].role == .adapter && matrix.isFrozen)
    #expect(matrix.value.floatElements == matrix.stored.floatElements)
    let (down, up) = (all[1], all[2])
    #expect(
      down.shape == [2, 4] && up.shape == [3, 2]
        && up.stored.floatElements == [Float](repeating: 0, count: 6))
    up.update { $0 = Tensor((0..<6).map { Float($0) / 7 - 0.3 }, [3, 2]) }
    let weights = (0..<matrix.count).map { Float(($0 * 7) % 5) - 1.8 }
    let slope = Tensor(weights, matrix.shape)
    let gradients = (matrix.value * matrix.value * slope).sum().gradients(of: all)
    #expect(gradients[matrix] == nil)

    func doubles(_ tensor: Tensor) -> [Double] { tensor.floatElements.map(Double.init) }
    let base = doubles(matrix.stored)
    func loss(_ a: [Double], _ b: [Double]) -> Double {
      (0..<matrix.count).reduce(0) { sum, index in
        let isTransposed = layout == .inputsByOutputs
        let (row, column) = index.quotientAndRemainder(dividingBy: isTransposed ? 3 : 4)
        let (output, input) = isTransposed ? (column, row) : (row - 3, column)
        var value = base[index]
        if output >= 0 {
          for r in 0..<Self.rank { value += 1.5 * b[output * Self.rank + r] * a[r * 4 + input] }
        }
        return sum + value * value * Double(weights[index])
      }
    }
    let (a, b) = (doubles(down.stored), doubles(up.stored))
    for (parameter, isDown) in [(down, true), (up, false)] {
      let found = doubles(try #require(gradients[parameter]))
      for index in found.indices {
        func moved(_ by: Double) -> Double {
          var (a, b) = (a, b)
          if isDown { a[index] += by } else { b[index] += by }
          return loss(a, b)
        }
        let expected = (moved(1e-5) - moved(-1e-5)) / 2e-5
        #expect(abs(found[index] - expected) < 1e-4 * max(1, abs(expected)), "\(parameter.name)")
      }
    }
  }

  @Test func mergedValuesAreWhatIsRead() throws {
    let start = StartingPoint()
    var adapted = start
    adapted.adapters = LowRankAdapters(names: ["w.weight"], rank: 2, scale: 0.5)
    let store = ParameterStore(seed: 5, from: adapted)
    let matrix = store.root.parameter(
      "w.weight", [3, 4], .uniform(1), role: .map(.outputsByInputs))
    store.parameters[2].update { $0 = Tensor.ones([3, 2]) }
    #expect(store.mergedValues.map(\.name) == ["w.weight"])
    #expect(store.adapterValues.map(\.name) == ["w.lora_A.weight", "w.lora_B.weight"])
    #expect(store.mergedValues[0].value.floatElements == matrix.value.floatElements)
    #expect(store.mergedValues[0].value.floatElements != matrix.stored.floatElements)
    // The draws of the matrix do not depend on what it has beside it.
    let plain = ParameterStore(seed: 5)
    let other = plain.root.parameter("w.weight", [3, 4], .uniform(1))
    #expect(other.stored.floatElements == matrix.stored.floatElements)
  }

  /// Some weights are those of the source, the others lie further from it, by the key alone.
  @Test func mixoutGoesBackToTheSource() throws {
    let source = Tensor((0..<1000).map { Float($0) }, [1000])
    let parameter = Parameter("w", source + 1)
    let key = RandomKey(seed: 3, step: 4, name: "mixout")
    parameter.reparametrization = Mixout(source: source, Dropped(rate: 0.25, key: key))
    let value = parameter.value
    let differences = zip(value.floatElements, source.floatElements).map { $0 - $1 }
    let kept = differences.count { abs($0 - 4 / 3) < 1e-3 }
    #expect(differences.count { $0 == 0 } == 1000 - kept && abs(kept - 750) < 60)
    let gradient = try #require(value.sum().gradients(of: [parameter])[parameter]).floatElements
    #expect(zip(gradient, differences).allSatisfy { abs($0 - $1) < 1e-3 })
    #expect(parameter.value.floatElements == value.floatElements)
    parameter.reparametrization = Displacement(by: Tensor.ones([1000]))
    #expect(parameter.value.floatElements == (source + 2).floatElements)
  }
}
