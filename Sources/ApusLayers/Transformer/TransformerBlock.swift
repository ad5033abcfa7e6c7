import ApusTensors

/// Where a Transformer block normalises.
public enum NormPlacement: String, Sendable, Hashable, Codable, CaseIterable {
  /// The input of each layer; the sum of residuals itself is normalised after the last block.
  case pre
  /// The sum of each layer's input and output, as in Vaswani et al. 2017.
  case post
}

/// Self-attention, then a feed-forward layer, each with a residual, a norm and dropout.
///
/// With causal attention this is the block of a decoder, otherwise that of an encoder.
///
/// - Shapes: [N, C] → [N, C] over B sequences.
/// - Source: Vaswani et al. 2017, §3; the pre-norm order is that of Radford et al. 2019, §2.3.
public struct TransformerBlock: Layer {
  let attention: SelfAttention
  let attentionNorm: LayerNorm
  let attentionDropout: Dropout
  let feedForward: FeedForward
  let feedForwardNorm: LayerNorm
  let feedForwardDropout: Dropout

  /// Composes a block from its parts; each dropout falls on the output of the layer it follows.
  public init(
    attention: SelfAttention, norm attentionNorm: LayerNorm, dropout attentionDropout: Dropout,
    feedForward: FeedForward, norm feedForwardNorm: LayerNorm, dropout feedForwardDropout: Dropout
  ) {
    self.attention = attention
    self.attentionNorm = attentionNorm
    self.attentionDropout = attentionDropout
    self.feedForward = feedForward
    self.feedForwardNorm = feedForwardNorm
    self.feedForwardDropout = feedForwardDropout
  }

  /// Runs the block on the values of `x`'s elements; `attend` is its attention, cached or not.
  func callAsFunction(
    _ stream: ResidualStream, of x: Sequences, _ placement: NormPlacement, _ mode: Mode,
    attend: (Sequences) -> Sequences
  ) -> ResidualStream {
    switch placement {
    case .pre: preNorm(stream, of: x, mode, attend: attend)
    case .post: ResidualStream(postNorm(stream.values, of: x, mode, attend: attend))
    }
  }

  private func preNorm(
    _ stream: ResidualStream, of x: Sequences, _ mode: Mode, attend: (Sequences) -> Sequences
  ) -> ResidualStream {
    var stream = stream
    let attended = attend(x.with(stream.normalized(by: attentionNorm, mode)))
    stream.add(attended.values, dropping: attentionDropout.dropped(mode))
    let mapped = feedForward(stream.normalized(by: feedForwardNorm, mode), mode)
    stream.add(mapped, dropping: feedForwardDropout.dropped(mode))
    return stream
  }

  private func postNorm(
    _ values: Tensor, of x: Sequences, _ mode: Mode, attend: (Sequences) -> Sequences
  ) -> Tensor {
    let attended = attentionNorm(
      values, adding: attend(x.with(values)).values, dropping: attentionDropout.dropped(mode),
      mode
    ).normalized
    return feedForwardNorm(
      attended, adding: feedForward(attended, mode), dropping: feedForwardDropout.dropped(mode),
      mode
    ).normalized
  }
}
