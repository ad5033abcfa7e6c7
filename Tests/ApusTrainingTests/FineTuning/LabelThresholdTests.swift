import Testing

@testable import ApusTraining

@Suite struct LabelThresholdTests {
  private func f1(_ labels: [(Float, Bool)], from threshold: Float) -> Double {
    let (told, given) = (labels.filter { $0.0 >= threshold }, labels.count { $0.1 })
    return 2 * Double(told.count { $0.1 }) / Double(max(1, told.count + given))
  }

  /// Against every threshold that makes a difference.
  @Test(arguments: 0..<20) func noThresholdIsBetter(_ seed: Int) {
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1
    func draw() -> Float {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 44) / Float(1 << 20)
    }
    // Few digits, so that some are equal.
    let labels = (0..<30).map { _ in
      let probability = (draw() * 20).rounded() / 20
      return (probability, draw() < 0.2 + 0.6 * probability)
    }
    let found = f1(labels, from: bestLabelThreshold(labels.map { ($0.0, $0.1) }))
    let best = (0...40).map { f1(labels, from: Float($0) / 40) }.max()
    #expect(found == best)
  }

  @Test func halfIsKeptWhereItIsAsGood() {
    #expect(bestLabelThreshold([(0.9, true), (0.2, false)]) == 0.5)
    #expect(bestLabelThreshold([(0.4, true), (0.2, false)]) == 0.3)
    #expect(bestLabelThreshold([(0.9, false), (0.2, false)]) == 0.5)
    #expect(bestLabelThreshold([]) == 0.5)
  }
}
