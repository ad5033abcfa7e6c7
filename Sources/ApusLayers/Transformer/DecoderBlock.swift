import ApusTensors

/// Causal self-attention, attention to an encoder, then a feed-forward layer, each with a residual, a
/// norm and dropout.
///
/// - Shapes: [N, C] → [N, C] over B sequences.
/// - Source: Vaswani et al. 2017, §3.1.
public struct DecoderBlock: Layer {
  /// A layer of a block, the norm that goes with it and the dropout of what it gives.
  public struct Part<Inner: Layer>: Layer {
    let layer: Inner
    let norm: LayerNorm
    let dropout: Dropout

    public init(_ layer: Inner, norm: LayerNorm, dropout: Dropout) {
      self.layer = layer
      self.norm = norm
      self.dropout = dropout
    }
  }

  let attention: Part<SelfAttention>
  let crossAttention: Part<CrossAttention>
  let feedForward: Part<FeedForward>

  public init(
    attention: Part<SelfAttention>, crossAttention: Part<CrossAttention>,
    feedForward: Part<FeedForward>
  ) {
    self.attention = attention
    self.crossAttention = crossAttention
    self.feedForward = feedForward
  }

  /// Runs the block on the values of `x`'s elements.
  ///
  /// - Parameters:
  ///   - stream: What comes from the block before.
  ///   - x: The sequences of the elements.
  ///   - placement: Where the norms stand.
  ///   - mode: How the block runs.
  ///   - attend: Its self-attention, cached or not.
  ///   - see: Its attention to the encoder.
  /// - Returns: What goes to the next block.
  func callAsFunction(
    _ stream: ResidualStream, of x: Sequences, _ placement: NormPlacement, _ mode: Mode,
    attend: (Sequences) -> Sequences, see: (Sequences) -> Sequences
  ) -> ResidualStream {
    var stream = stream
    stream.run(attention, placement, mode) { attend(x.with($0)).values }
    stream.run(crossAttention, placement, mode) { see(x.with($0)).values }
    stream.run(feedForward, placement, mode) { feedForward.layer($0, mode) }
    return stream
  }
}

extension ResidualStream {
  /// Adds what a layer makes of the stream, normalising before it or after.
  fileprivate mutating func run<Inner>(
    _ part: DecoderBlock.Part<Inner>, _ placement: NormPlacement, _ mode: Mode,
    _ layer: (Tensor) -> Tensor
  ) {
    switch placement {
    case .pre:
      add(layer(normalized(by: part.norm, mode)), dropping: part.dropout.dropped(mode))
    case .post:
      add(layer(values), dropping: part.dropout.dropped(mode))
      self = ResidualStream(normalized(by: part.norm, mode))
    }
  }
}
