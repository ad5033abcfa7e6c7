import ApusTensors

/// A model that is asked for one token after the other, as decoding sees it.
///
/// The state is whatever the model keeps of the sequences: a key/value cache, recurrent states, or
/// the tokens themselves.
public struct StepFunction<State> {
  /// The most tokens that a sequence can have; nil if there is no bound.
  public let contextLength: Int?
  /// Reads prompts of at least one token: the logits [B, V] of what comes next, and the state.
  public let start: (_ prompts: [[Int32]]) -> (logits: Tensor, state: State)
  /// Appends a token to each sequence: the logits [B, V] of what comes next.
  public let next: (_ tokens: [Int32], _ state: inout State) -> Tensor
  /// The state of some of the sequences, in the given order.
  public let select: (_ sequences: [Int], _ state: State) -> State
  /// For each sequence Σ ln min(attention, 1) over the elements of its source, the attention being
  /// what each got in all; nil for models without a source or that don't tell.
  public let coverage: ((_ state: State) -> [Float])?

  public init(
    contextLength: Int?,
    start: @escaping (_ prompts: [[Int32]]) -> (logits: Tensor, state: State),
    next: @escaping (_ tokens: [Int32], _ state: inout State) -> Tensor,
    select: @escaping (_ sequences: [Int], _ state: State) -> State,
    coverage: ((_ state: State) -> [Float])? = nil
  ) {
    self.contextLength = contextLength
    self.start = start
    self.next = next
    self.select = select
    self.coverage = coverage
  }
}
