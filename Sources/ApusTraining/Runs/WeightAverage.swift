import ApusTensors

/// An average of all weights over the steps of a run.
///
/// - Source: Polyak & Juditsky 1992; with decay, Tarvainen & Valpola 2017; from a step on that the
///   validation decides, Merity et al. 2018, §3.
struct WeightAverage {
  private let parameters: [Parameter]
  private var values: [Tensor]

  /// An average that starts at the present weights.
  init(of parameters: [Parameter]) {
    self.parameters = parameters
    values = parameters.map { parameter in
      var copy = parameter.stored
      copy.mutate(as: Float.self) { _ in }
      return copy
    }
  }

  /// Moves the average to the present weights but for a share.
  mutating func update(keeping share: Double) {
    for (index, parameter) in parameters.enumerated() {
      values[index].blend(with: parameter.stored, decay: Float(share))
    }
  }

  /// The averages under the names of the parameters' parts.
  var namedValues: [(name: String, value: Tensor)] {
    zip(parameters, values).flatMap { $0.named($1) }
  }

  /// The averages under the names of whole parameters, for checkpoints.
  var state: [(name: String, value: Tensor)] { zip(parameters, values).map { ($0.name, $1) } }

  mutating func restore(from source: (_ name: String, _ shape: [Int]) throws -> Tensor) throws {
    values = try parameters.map { try source($0.name, $0.shape) }
  }
}

/// The mean of the weights of several checkpoints.
///
/// - Source: Vaswani et al. 2017, §6.1.
func meanWeights(ofFiles paths: [String]) throws -> [(name: String, value: Tensor)] {
  let files = try paths.map { try SafetensorsFile(contentsOf: $0) }
  return try files[0].entries.map { entry in
    var mean = try files[0].tensor(entry.name)
    for (index, file) in files.enumerated().dropFirst() {
      // The mean of n + 1 values is that of n, moved by 1 / (n + 1) of the way to the last.
      let share = Float(index) / Float(index + 1)
      mean.blend(with: try file.tensor(entry.name, shape: entry.shape), decay: share)
    }
    return (entry.name, mean)
  }
}
