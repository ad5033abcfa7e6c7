import ApusTensors
import Glibc
import Testing

@testable import ApusLayers

@Suite struct SampledClassesTests {
  /// Classes come as often as they are expected to, each at most once.
  @Test func drawsFrequentClassesMoreOften() {
    let (classCount, sampleCount, trials) = (40, 8, 3000)
    var counts = [Int](repeating: 0, count: classCount)
    var expected = [Double](repeating: 0, count: classCount)
    for trial in 0..<trials {
      let classes = SampledClasses(
        sampleCount, of: classCount, RandomKey(seed: 3, step: trial, name: "classes"))
      #expect(Set(classes.ids).count == sampleCount && classes.ids.count == sampleCount)
      for id in classes.ids { counts[Int(id)] += 1 }
      for id in 0..<classCount { expected[id] += classes.expectedCount(of: Int32(id)) }
    }
    for id in 0..<classCount {
      let deviation = (expected[id] * max(0.05, 1 - expected[id] / Double(trials))).squareRoot()
      #expect(abs(Double(counts[id]) - expected[id]) < 5 * deviation, "\(id)")
    }
    let key = RandomKey(seed: 1, name: "classes")
    #expect(SampledClasses(39, of: 40, key).ids.count == 39)
    #expect(SampledClasses(5, of: 40, key).ids == SampledClasses(5, of: 40, key).ids)
  }

  @Test func lossIsThatOfItsDefinition() throws {
    let (rowCount, size, classCount) = (4, 3, 12)
    let store = ParameterStore(seed: 2)
    let head = Linear(size, classCount, .normal(standardDeviation: 1), in: store.root / "head")
    head.bias?.update { $0 = Tensor((0..<classCount).map { Float($0) / 7 - 1 }) }
    let x = Tensor.normal([rowCount, size], RandomKey(seed: 5, name: "x"))
    let classes = SampledClasses(5, of: classCount, RandomKey(seed: 4, name: "classes"))
    // One of the targets is among the drawn classes, the others need not be.
    let targets: [Int32] = [classes.ids[0], 11, 3, 0]
    let losses = classes.losses(x, head, targets: Tensor(targets))
    let (rows, weights) = (x.floatElements.map(Double.init), head.weight.value.floatElements)
    let bias = try #require(head.bias).value.floatElements
    for (row, target) in targets.enumerated() {
      func logit(_ id: Int32) -> Double {
        let product = (0..<size).reduce(0.0) {
          $0 + rows[row * size + $1] * Double(weights[Int(id) * size + $1])
        }
        return product + Double(bias[Int(id)]) - log(classes.expectedCount(of: id))
      }
      let others = classes.ids.filter { $0 != target }.map { exp(logit($0)) }
      let own = exp(logit(target))
      let expected = log(own + others.reduce(0, +)) - log(own)
      #expect(abs(Double(losses.floatElements[row]) - expected) < 1e-5, "\(row)")
    }
    let gradients = losses.sum().gradients(of: store.parameters)
    let weight = try #require(gradients[head.weight])
    for id in 0..<classCount {
      let isSeen = classes.ids.contains(Int32(id)) || targets.contains(Int32(id))
      let gradient = weight.rows(id..<id + 1).floatElements
      #expect(gradient.contains { $0 != 0 } == isSeen, "\(id)")
    }
  }
}
