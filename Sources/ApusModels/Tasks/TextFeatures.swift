import ApusLayers
import ApusTensors

/// Makes one vector of the states of a text.
///
/// - Shapes: [N, C] over B passages → [B, C], Float32
struct TextFeatures: Layer {
  private enum Form: Sendable {
    case fixed(Pooling)
    case attention(AttentionPooling)
    case pooler(Pooler)
  }

  private let form: Form

  /// - Parameters:
  ///   - pooling: How.
  ///   - size: The values C of a state.
  ///   - pooler: That of the encoder, where `pooling` asks for it.
  ///   - scope: Where the weights of a learnt pooling are created.
  init(_ pooling: StatePooling, size: Int, pooler: Pooler?, in scope: Scope) {
    switch pooling {
    case .first: form = .fixed(.first)
    case .mean: form = .fixed(.mean)
    case .max: form = .fixed(.max)
    case .last: form = .fixed(.last)
    case .attention: form = .attention(AttentionPooling(size, in: scope / "pooling"))
    case .pooler:
      guard let pooler else {
        preconditionFailure("TextFeatures: expected an encoder with a pooler, got one without")
      }
      form = .pooler(pooler)
    }
  }

  /// Whether it has weights of its own.
  var learns: Bool { if case .attention = form { true } else { false } }

  func callAsFunction(_ states: Sequences) -> Tensor {
    switch form {
    case .fixed(let pooling): pooling(states)
    case .attention(let pooling): pooling(states)
    case .pooler(let pooler): pooler(states).converted(to: .float32)
    }
  }
}

/// What two vectors of texts tell together: both, how far they differ, and where they agree.
///
/// - Shapes: [B, C] each → [B, 4C]
/// - Source: Conneau et al. 2017, §3.
func pairFeatures(_ first: Tensor, _ second: Tensor) -> Tensor {
  concatenated([first, second, (first - second).abs(), first * second], axis: 1)
}
