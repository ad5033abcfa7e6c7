/// What a step of a run gave.
public struct StepReport: Sendable {
  /// The optimizer steps done, this one included.
  public var step: Int
  /// The mean loss over the step's targets, in nats.
  public var loss: Double
  /// The part of the predicted tokens, in nats.
  public var tokenLoss: Double
  public var rate: Double
  /// The common norm of all gradients before clipping.
  public var gradientNorm: Double
  public var tokenCount: Int
}
