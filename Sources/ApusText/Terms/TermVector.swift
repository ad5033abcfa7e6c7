/// The terms of a text that a vocabulary knows, with their weights: a row of a sparse matrix.
public struct TermVector: Sendable, Hashable {
  /// The numbers of the terms, ascending, each once.
  public let ids: [Int32]
  /// The weight of each.
  public let weights: [Float]
}
