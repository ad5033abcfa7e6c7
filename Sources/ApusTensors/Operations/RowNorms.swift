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
}
