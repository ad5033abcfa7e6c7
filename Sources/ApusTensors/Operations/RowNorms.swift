extension Tensor {
  /// Rows that are longer than the limit, brought to its length; without a graph.
  ///
  /// - Source: Hinton et al. 2012, §2.
  /// - Shapes: [N, C] → [N, C]
  public func boundingRows(to limit: Float) -> Tensor {
    let rows = detached
    let lengths = rows.square().sum(axis: -1, keepsAxis: true).squareRoot()
    return rows * (Tensor(limit) / maximum(lengths, Tensor(limit)))
  }

  /// Each row divided by its length; a row of zeros stays one, and gets no gradient through it.
  ///
  /// - Shapes: [N, C] → [N, C]
  public var normalizedRows: Tensor { self / rowLengths }

  /// The length of each row, at least 1e-12.
  ///
  /// The bound is under the root, whose gradient at 0 would be infinite.
  ///
  /// - Shapes: [N, C] → [N, 1]
  public var rowLengths: Tensor {
    maximum(square().sum(axis: -1, keepsAxis: true), Tensor(1e-24)).squareRoot()
  }
}
