import ApusLayers
import ApusTensors

/// Scores pairs of texts by looking several times.
///
/// A state starts as a summary of the second text, and each look takes from the first text what fits
/// the state, which changes by it. The answers of all looks are averaged; in training some of them are
/// left out.
///
/// - Shapes: first [N, C] and second [M, C] over B texts → logarithms of probabilities [B, L], Float32
/// - Source: Liu et al. 2018, "Stochastic Answer Networks for Natural Language Inference"; MT-DNN's
///   head for pairs (Liu et al. 2019, §3.1).
struct StochasticAnswers: Layer {
  private let summary: AttentionPooling
  private let query: Linear
  private let cell: RecurrentLayer
  private let classifier: Linear
  private let dropout, lookDropout: Dropout
  private let lookCount: Int

  init(
    size: Int, labelCount: Int, lookCount: Int, dropout: Float, in scope: Scope
  ) {
    self.lookCount = lookCount
    summary = AttentionPooling(size, in: scope / "summary")
    query = Linear(size, size, hasBias: false, in: scope / "query")
    cell = RecurrentLayer(
      RecurrentOptions(.gru, inputSize: size, size: size), number: 0, isReversed: false,
      in: scope / "state")
    classifier = Linear(4 * size, labelCount, in: scope / "classifier")
    self.dropout = Dropout(dropout, in: scope / "classifier")
    lookDropout = Dropout(dropout, in: scope / "look")
  }

  func callAsFunction(_ first: Sequences, _ second: Sequences, _ mode: Mode) -> Tensor {
    let ones = Array(repeating: 1, count: first.count)
    var state = summary(second).converted(to: mode.scalarType)
    var sum: Tensor?
    var weight: Tensor?
    for look in 0..<lookCount {
      let query = Sequences(query(state), lengths: ones)
      let seen = dotAttention(query, to: first)
      if look > 0 {
        state = cell(seen, from: RecurrentState(hidden: state), mode).states.values
      }
      let both = pairFeatures(state, seen.values).converted(to: .float32)
      let answers = classifier(dropout(both, mode.split(look))).softmax()
      // A look counts with weight 0 or 1, drawn for each text; without the scaling of dropout.
      let counted = lookDropout(.ones([first.count, 1]), mode.split(look)).greater(than: 0)
      sum = sum.map { $0 + answers * counted } ?? answers * counted
      weight = weight.map { $0 + counted } ?? counted
    }
    guard let sum, let weight else { preconditionFailure("StochasticAnswers: expected a look") }
    // Where all looks were left out, no label is favoured.
    let labelCount = Float(sum.columnCount)
    let mean = (sum + 1e-6 / labelCount) / (weight + 1e-6)
    return mean.log()
  }
}
