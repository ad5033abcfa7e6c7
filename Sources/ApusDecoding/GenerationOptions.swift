/// How texts are continued.
public struct GenerationOptions: Sendable, Hashable {
  /// What happens when a sequence has filled the model's context.
  public enum Overflow: Sendable, Hashable {
    /// The model forgets all but the last half of its context and reads that anew.
    case slide
    /// The sequence ends; a prompt that leaves no room is refused.
    case stop
  }

  public var sampling: Sampling
  public var penalties: Penalties
  /// The most tokens that are appended to a prompt.
  public var tokenCount: Int
  /// The tokens that are appended at least; until then a sequence does not end by itself.
  public var minimumTokenCount: Int
  /// Tokens that each end their sequence and are not part of it.
  public var ends: Set<Int32>
  public var overflow: Overflow

  public init(
    sampling: Sampling, penalties: Penalties = .none, tokenCount: Int, minimumTokenCount: Int = 0,
    ends: Set<Int32> = [], overflow: Overflow = .slide
  ) {
    self.sampling = sampling
    self.penalties = penalties
    self.tokenCount = tokenCount
    self.minimumTokenCount = minimumTokenCount
    self.ends = ends
    self.overflow = overflow
  }
}
