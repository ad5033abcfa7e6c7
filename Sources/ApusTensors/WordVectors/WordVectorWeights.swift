/// What skip-gram and CBOW learn: a vector of each input and one of each output.
///
/// - Source: Mikolov et al., "Distributed Representations of Words and Phrases and their
///   Compositionality", NIPS 2013.
public struct WordVectorWeights: Sendable {
  /// Words, and behind them the buckets of subwords: [inputs, C].
  public var inputs: PaddedRows
  /// Words where negatives are sampled, the tree's inner nodes otherwise: [outputs, C].
  public var outputs: PaddedRows

  public init(inputs: PaddedRows, outputs: PaddedRows) {
    precondition(
      inputs.columnCount == outputs.columnCount, "WordVectorWeights: expected equal columns")
    self.inputs = inputs
    self.outputs = outputs
  }

  /// Inputs drawn evenly from ±1 / (2 C), outputs of zeros.
  public init(inputCount: Int, outputCount: Int, columnCount: Int, _ key: RandomKey) {
    let bound = 0.5 / Float(columnCount)
    self.init(
      inputs: PaddedRows(.uniform([inputCount, columnCount], -bound, bound, key)),
      outputs: PaddedRows(rowCount: outputCount, columnCount: columnCount))
  }
}
