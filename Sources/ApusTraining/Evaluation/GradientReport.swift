import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors

/// How strongly the loss of a token depends on the states of a recurrent model before it.
///
/// The gradient's norm at each distance in time shows how far back a model learns: with plain units it
/// falls (or grows) exponentially, with gates it stays.
///
/// - Source: Bengio et al. 1994; Pascanu et al. 2013.
public struct GradientReport: Sendable {
  /// The norms of one model.
  public struct Curve: Sendable {
    public let name: String
    /// The mean norm of ∂loss/∂state at each lag, from 1 on: how many tokens were read since.
    public let norms: [Double]

    public init(name: String, norms: [Double]) {
      self.name = name
      self.norms = norms
    }
  }

  public let curves: [Curve]

  public init(_ curves: [Curve]) { self.curves = curves }

  /// The curves over the lag on a logarithmic axis, 800 × 480.
  public var svg: String {
    // What is 0 or no number has no place on the axis.
    let lines = curves.map { curve in
      curve.norms.enumerated().filter { $1 > 0 && $1.isFinite }.map { (x: Double($0 + 1), y: $1) }
    }
    let norms = lines.flatMap { $0.map(\.y) }
    let longest = Double(curves.map(\.norms.count).max() ?? 1)
    let plot = Plot(
      xAxis: PlotAxis(showing: 0...longest, tickCount: 8),
      yAxis: PlotAxis(
        showing: (norms.min() ?? 0.1)...(norms.max() ?? 1), tickCount: 6, isLogarithmic: true))
    let colors = curves.indices.map { Self.colors[$0 % Self.colors.count] }
    return plot.document(
      [plot.frame(title: "Gradients through time", x: "lag (tokens)", y: "|d loss / d state|")]
        + zip(lines, colors).map { plot.line($0, color: $1) }
        + [plot.legend(zip(curves, colors).map { ($0.name, $1) })])
  }

  private static let colors = ["#4c78a8", "#e45756", "#54a24b", "#f58518", "#72b7b2", "#b279a2"]
}

extension RecurrentLanguageModel {
  /// The mean norm of the gradient of each row's last prediction by the states before it.
  ///
  /// The norm is that of all layers' states together, with the memory of LSTMs.
  ///
  /// - Parameters:
  ///   - rows: Token ids, as many in each, at least three; the last one is predicted.
  ///   - mode: How the model runs.
  /// - Returns: The mean over the rows at each lag, from 1 for the state before the last token that
  ///   is read.
  public func gradientNorms(_ rows: [[Int32]], _ mode: Mode) -> [Double] {
    let length = rows[0].count - 1
    precondition(
      length > 1 && rows.allSatisfy { $0.count == length + 1 },
      "gradientNorms: expected rows of the same three tokens or more")
    let scope = ParameterStore(seed: 0).root
    func tokens(_ time: Int) -> Tensor { Tensor(rows.map { $0[time] }) }
    func read(_ time: Int, from states: [RecurrentState]?) -> Outputs {
      self(Sequences(tokens(time), lengths: rows.map { _ in 1 }), from: states, mode)
    }
    var outputs = read(0, from: nil)
    // Zeros added to the states after each token, by which the loss is differentiated.
    var zeros: [[Parameter]] = []
    for time in 1..<length {
      var added: [Parameter] = []
      let states = outputs.states.enumerated().map { layer, state in
        state.adding(zerosIn: scope / time / layer, config.cell, &added)
      }
      zeros.append(added)
      outputs = read(time, from: states)
    }
    let gradients = loss(outputs, targets: tokens(length), mode, divisor: 1)
      .gradients(of: zeros.flatMap { $0 })
    return zeros.reversed().map { added in
      let squares = added.compactMap { gradients[$0]?.square().sum(axis: 1) }
      guard let first = squares.first else { return 0 }
      return Double(squares.dropFirst().reduce(first, +).squareRoot().mean().scalar)
    }
  }
}

extension RecurrentState {
  /// The state with zeros added, which are parameters: to state and memory of an LSTM each its own, to
  /// both forms of another unit's state the same.
  fileprivate func adding(
    zerosIn scope: Scope, _ cell: RecurrentCell, _ added: inout [Parameter]
  ) -> RecurrentState {
    func zeros(_ name: String, like tensor: Tensor) -> Tensor {
      let parameter = scope.parameter(name, tensor.shape, .zeros)
      added.append(parameter)
      return parameter.value
    }
    let toHidden = zeros("hidden", like: hidden)
    var sum = RecurrentState(hidden: hidden + toHidden.converted(to: hidden.type), memory: memory)
    if let memory {
      sum.memory = memory + (cell == .lstm ? zeros("memory", like: memory) : toHidden)
    }
    return sum
  }
}
