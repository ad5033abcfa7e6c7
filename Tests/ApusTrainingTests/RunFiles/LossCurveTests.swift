import ApusTraining
import Foundation
import Testing

@testable import ApusTraining

@Suite struct LossCurveTests {
  @Test func axesEndOnRoundValues() {
    let axis = PlotAxis(showing: 1.37...4.21, tickCount: 6)
    #expect(axis.ticks.map(axis.label) == ["1.0", "1.5", "2.0", "2.5", "3.0", "3.5", "4.0", "4.5"])
    #expect(axis.position(of: 1) == 0 && axis.position(of: 4.5) == 1)
    let steps = PlotAxis(showing: 0...20_000, tickCount: 8)
    #expect(steps.ticks.map(steps.label) == ["0", "5000", "10k", "15k", "20k"])
    let log = PlotAxis(showing: 0.012...9.3, tickCount: 6, isLogarithmic: true)
    #expect(
      log.ticks.map(log.label) == [
        "0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1", "2", "5", "10",
      ])
    #expect(abs(log.position(of: 0.1) - 1.0 / 3) < 1e-12)
  }

  /// Whatever the losses are, each point stands inside the axes and ticks rise.
  @Test(arguments: [
    [1.0, 1.0], [0.0, 0.0], [-3.0, 2.0], [1e-90, 1e-89], [1e17, 1e17 + 16], [1e-90, 1e-90],
    [1e99, -1e99], [0.3, 0.1 + 0.2], [3.2, 3.3], [0.9, 5],
  ])
  func pointsStandInsideTheAxes(losses: [Double]) throws {
    let (low, high) = (losses.min() ?? 0, losses.max() ?? 0)
    for isLogarithmic in [false, true] where !isLogarithmic || low > 0 {
      let axis = PlotAxis(showing: low...high, tickCount: 6, isLogarithmic: isLogarithmic)
      for loss in losses { #expect(-1e-9...1 + 1e-9 ~= axis.position(of: loss)) }
      #expect(zip(axis.ticks, axis.ticks.dropFirst()).allSatisfy { $0 < $1 })
      #expect(axis.ticks.count <= 20)
    }
  }

  @Test func isWellFormedWithAnyPoints() throws {
    var curve = LossCurve(title: "a < b & \"c\"")
    try check(curve)
    curve.addTraining(step: 1, loss: 3)
    try check(curve)
    for step in 2...5000 { curve.addTraining(step: step, loss: 3 / Double(step).squareRoot()) }
    curve.addTraining(step: 5001, loss: .nan)
    curve.addValidation(step: 100, loss: .infinity)
    curve.addValidation(step: 200, loss: 2)
    try check(curve)
    #expect(curve.training.count == 5000 && curve.validation.count == 1)
    #expect(curve.svg().contains("validation, best 2<"))
    #expect(curve.svg().utf8.count < 20_000)
  }

  private func check(_ curve: LossCurve) throws {
    for logarithmic in [false, true] {
      let text = curve.svg(logarithmic: logarithmic)
      #expect(!text.contains("nan") && !text.contains("inf"))
      #expect(text.count(where: { $0 == "<" }) == text.count(where: { $0 == ">" }))
      #expect(text.hasSuffix("</svg>\n") && text.contains("a &lt; b &amp; "))
    }
  }

  @Test func isMadeFromALog() throws {
    let directory = try TemporaryDirectory()
    let log = try MetricsLog(directory.path + "/metrics.jsonl", from: 0)
    for step in 1...4 { try log.append(step: step, [("loss", 4 / Double(step)), ("rate", 1)]) }
    try log.append(step: 4, [("validation_loss", 1.5)])
    let records = try MetricsLog.records(of: directory.path + "/metrics.jsonl")
    let curve = LossCurve(title: "run", records)
    #expect(curve.training.map(\.loss) == [4, 2, 4.0 / 3, 1])
    #expect(curve.validation == [.init(step: 4, loss: 1.5)])
    try curve.write(to: directory.path + "/loss.svg")
    #expect(try directory.bytes(of: directory.path + "/loss.svg") == Array(curve.svg().utf8))
  }
}
