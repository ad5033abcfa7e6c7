import ApusLayers
import ApusModels
import ApusTensors
import Testing

@testable import ApusTraining

@Suite struct GradientReportTests {
  private func model(_ cell: RecurrentCell, _ range: Float = 0.5) -> RecurrentLanguageModel {
    var config = RecurrentConfig(
      cell, vocabularySize: 9, embeddingSize: 4, hiddenSize: 5, layerCount: 1)
    config.initializerRange = range
    return RecurrentLanguageModel(config, in: ParameterStore(seed: 3).root)
  }

  /// Against differences of the loss when each value of a state is moved.
  @Test(arguments: RecurrentCell.allCases) func normsAreThoseOfDifferences(_ cell: RecurrentCell) {
    let model = model(cell)
    let rows: [[Int32]] = [[1, 2, 3, 4, 5], [8, 8, 0, 2, 7]]
    let found = model.gradientNorms(rows, .evaluation())
    #expect(found.count == 3)
    for lag in 1...3 {
      let mean = rows.map { norm(of: model, $0, lag: lag) }.reduce(0, +) / 2
      #expect(abs(found[lag - 1] - mean) < 0.01 * mean, "lag \(lag): \(found) \(mean)")
    }
  }

  private func norm(of model: RecurrentLanguageModel, _ row: [Int32], lag: Int) -> Double {
    let read = row.count - 1 - lag
    let before = model(Sequences(ids: [Array(row[..<read])]), .evaluation()).states[0]
    let rest = Sequences(ids: [Array(row[read..<row.count - 1])])
    func loss(_ state: RecurrentState) -> Double {
      let outputs = model(rest, from: [state], .evaluation())
      let last = model.logits(outputs.raw.lasts, .evaluation())
      return Double(crossEntropy(last, targets: Tensor([row[row.count - 1]])).scalar)
    }
    let (size, step) = (5, Float(0.01))
    func difference(_ move: (Float, Tensor) -> RecurrentState) -> Double {
      (0..<size).map { index in
        let unit = Tensor((0..<size).map { $0 == index ? Float(1) : 0 }).reshaped([1, size])
        let change = loss(move(step, unit)) - loss(move(-step, unit))
        return (change / Double(2 * step)) * (change / Double(2 * step))
      }.reduce(0, +)
    }
    func moved(_ tensor: Tensor?, _ step: Float, _ unit: Tensor) -> Tensor? {
      tensor.map { $0 + unit * step }
    }
    if model.config.cell == .lstm {
      let hidden = difference {
        RecurrentState(hidden: before.hidden + $1 * $0, memory: before.memory)
      }
      let memory = difference {
        RecurrentState(hidden: before.hidden, memory: moved(before.memory, $0, $1))
      }
      return (hidden + memory).squareRoot()
    }
    return difference {
      RecurrentState(hidden: before.hidden + $1 * $0, memory: moved(before.memory, $0, $1))
    }.squareRoot()
  }

  /// Small weights: a plain unit's gradients vanish faster than those of gates.
  @Test func plainUnitsForgetFaster() throws {
    let rows = (0..<8).map { row in (0..<22).map { Int32(($0 * 5 + row) % 9) } }
    func decay(_ cell: RecurrentCell) -> Double {
      let norms = model(cell, 0.2).gradientNorms(rows, .evaluation())
      return norms[19] / norms[0]
    }
    #expect(decay(.tanh) < 1e-4 * decay(.lstm))
    #expect(decay(.tanh) < 1e-4 * decay(.gru))
  }

  /// Units that hand on a multiple of their state, and are above zero all the time.
  @Test(arguments: [Float(1.5), 0.5]) func gradientsGrowOrFadeWithTheWeightsOfStates(
    _ scale: Float
  ) throws {
    let config = RecurrentConfig(
      .relu, vocabularySize: 9, embeddingSize: 4, hiddenSize: 5, layerCount: 1)
    let (model, _) = try ParameterStore.loading(from: { name, shape in
      switch name {
      case "rnn.weight_hh_l0":
        Tensor((0..<25).map { $0 % 6 == 0 ? scale : 0 }).reshaped(shape)
      case "encoder.weight", "rnn.weight_ih_l0": .filled(0.1, shape)
      case "rnn.bias_ih_l0", "rnn.bias_hh_l0": .zeros(shape)
      default: Initializer.uniform(0.1).tensor(shape, RandomKey(seed: 1, name: name))
      }
    }) { RecurrentLanguageModel(config, in: $0) }
    let rows = (0..<4).map { row in (0..<12).map { Int32(($0 * 5 + row) % 9) } }
    let norms = model.gradientNorms(rows, .evaluation())
    #expect(norms.count == 10 && norms[0] > 0)
    for (before, next) in zip(norms, norms.dropFirst()) {
      #expect(abs(next / before - Double(scale)) < 1e-4, "\(norms)")
    }
  }

  @Test func thePictureHasALineForEachModel() {
    let report = GradientReport([
      .init(name: "a <b>", norms: [1, 0.1, 0.01]), .init(name: "c", norms: [1, 0, .nan]),
    ])
    let svg = report.svg
    #expect(svg.contains("a &lt;b&gt;") && svg.contains("lag (tokens)"))
    #expect(svg.split(separator: "<polyline").count == 2 && svg.contains("<circle"))
    #expect(!svg.contains("nan"))
  }
}
