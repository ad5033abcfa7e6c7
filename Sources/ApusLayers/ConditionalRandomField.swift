import ApusTensors

/// A linear-chain conditional random field: scores of neighbouring labels, of first and of last ones.
///
/// The parameters have the names of pytorch-crf: `transitions`, `start_transitions` and
/// `end_transitions`.
///
/// - Shapes: emissions [N, L] over B sequences.
/// - Source: Lafferty et al. 2001; over recurrent networks, Huang et al. 2015.
public struct ConditionalRandomField: Layer {
  private let transitions, starts, ends: Parameter
  /// 0 where labels may follow each other, −∞ where not.
  private let rules: ChainScores

  /// - Parameters:
  ///   - labelCount: The number L of labels.
  ///   - scope: Where the parameters are created.
  ///   - isAllowed: Whether a label may come behind another; nil stands for the beginning and the
  ///     end. What is not allowed is impossible, in training too.
  public init(
    labelCount: Int, in scope: Scope,
    allowing isAllowed: (_ former: Int?, _ latter: Int?) -> Bool = { _, _ in true }
  ) {
    precondition(
      labelCount > 0, "ConditionalRandomField: expected a label count above 0, got \(labelCount)")
    let even = Initializer.uniform(0.1)
    transitions = scope.parameter("transitions", [labelCount, labelCount], even)
    starts = scope.parameter("start_transitions", [labelCount], even)
    ends = scope.parameter("end_transitions", [labelCount], even)
    func score(_ former: Int?, _ latter: Int?) -> Float {
      isAllowed(former, latter) ? 0 : -.infinity
    }
    let labels = 0..<labelCount
    rules = ChainScores(
      transitions: Tensor(
        labels.flatMap { former in labels.map { score(former, $0) } }, [labelCount, labelCount]),
      starts: Tensor(labels.map { score(nil, $0) }), ends: Tensor(labels.map { score($0, nil) }))
  }

  /// −ln P(labels | emissions) of each sequence, in nats: [B].
  public func losses(_ emissions: Sequences, labels: Tensor) -> Tensor {
    chainLoss(emissions, labels: labels, scores)
  }

  /// The most probable labels: [N].
  public func bestLabels(_ emissions: Sequences) -> Tensor {
    ApusTensors.bestLabels(emissions, scores).labels
  }

  private var scores: ChainScores {
    ChainScores(
      transitions: transitions.value + rules.transitions, starts: starts.value + rules.starts,
      ends: ends.value + rules.ends)
  }
}
