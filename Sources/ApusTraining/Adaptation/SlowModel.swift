import ApusTensors

/// A model whose weights follow those of the one that learns, and whose answers that one is to stay near.
///
/// It learns nothing itself, and nothing is dropped in it.
///
/// - Source: Jiang et al. 2020, "SMART: Robust and Efficient Fine-Tuning for Pre-trained Natural Language
///   Models through Principled Regularized Optimization", §3.2, with one step of the optimizer for each of
///   the proximal point method, as in their experiments.
struct SlowModel<Model> {
  let model: Model
  private let decay: Float
  private let parameters, sources: [Parameter]

  /// - Parameters:
  ///   - model: A model of the weights that the other one starts from.
  ///   - parameters: Those of the model.
  ///   - sources: Those of the one that learns, in the same order.
  ///   - decay: The share that a step leaves.
  init(_ model: Model, _ parameters: [Parameter], following sources: [Parameter], decay: Double) {
    precondition(
      parameters.map(\.name) == sources.map(\.name),
      "SlowModel: expected the \(sources.count) parameters it follows, got \(parameters.count)")
    self.model = model
    self.parameters = parameters
    self.sources = sources
    self.decay = Float(decay)
  }

  /// Follows a step; what is frozen has not moved.
  func follow() {
    for (parameter, source) in zip(parameters, sources) where !source.isFrozen {
      parameter.update { $0.blend(with: source.stored, decay: decay) }
    }
  }

  /// The weights under the names of whole parameters, for checkpoints.
  var state: [(name: String, value: Tensor)] { parameters.map { ($0.name, $0.stored) } }

  func restore(from source: (_ name: String, _ shape: [Int]) throws -> Tensor) throws {
    for parameter in parameters {
      let value = try source(parameter.name, parameter.shape)
      parameter.update { $0 = value }
    }
  }
}
