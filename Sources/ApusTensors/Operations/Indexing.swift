import CApusKernels

extension Tensor {
  /// A view of some rows along the first axis.
  public func rows(_ range: Range<Int>) -> Tensor {
    precondition(
      rank > 0 && range.lowerBound >= 0 && range.upperBound <= shape[0],
      "rows: expected a range in 0..<\(shape.first ?? 0), got \(range)")
    let stride = shape.dropFirst().reduce(1, *)
    let view = Tensor(
      shape: [range.count] + shape.dropFirst(), type: type, storage: storage,
      offset: offset + range.lowerBound * stride)
    let (whole, type) = (shape, type)
    return view.recorded("rows", from: [self]) { gradient in
      let sum = Tensor.zeros(whole, type)
      let gradient = gradient.converted(to: type)
      (sum.address + range.lowerBound * stride * type.byteCount).copyMemory(
        from: gradient.address, byteCount: range.count * stride * type.byteCount)
      withExtendedLifetime(gradient) {}
      return [.dense(sum)]
    }
  }

  /// Rows by their numbers along the first axis, as often as they are named: [N, C] → [ids, C].
  public func gathered(_ ids: Tensor) -> Tensor {
    precondition(ids.type == .int32 && rank > 0, "gathered: expected int32 ids, got \(ids.type)")
    let rowShape = Array(shape.dropFirst())
    let columns = rowShape.reduce(1, *)
    requireIds(ids, below: shape[0], "gathered")
    let result = Tensor(undefined: ids.shape + rowShape, type)
    apus_gather_rows(
      ids.ints, Int64(ids.count), type.kernel, address, Int64(columns), result.address)
    let (whole, type) = (shape, type)
    return result.recorded("gathered", from: [self]) { gradient in
      type == .float32
        ? [.rows(ids: ids, rows: gradient, shape: whole)]
        : [.dense(Gradient.rows(ids: ids, rows: gradient, shape: whole).tensor.converted(to: type))]
    }
  }

  public func gathered(_ ids: [Int32]) -> Tensor { gathered(Tensor(ids)) }

  /// One element of each row.
  ///
  /// - Parameter columns: Its number in each row, Int32.
  /// - Returns: The elements in the order of the rows.
  /// - Shapes: [N, C], columns [N] → [N]
  public func selected(columns: Tensor) -> Tensor {
    precondition(
      rank > 0 && columns.type == .int32 && columns.shape == shape.dropLast(),
      "selected(columns:): expected int32 \(shape.dropLast()), got \(columns.type) \(columns.shape)"
    )
    requireIds(columns, below: columnCount, "selected(columns:)")
    let columnCount = Int32(columnCount)
    var positions = columns.detached
    positions.mutate(as: Int32.self) { positions in
      for row in positions.indices { positions[row] += Int32(row) * columnCount }
    }
    return reshaped([count]).gathered(positions)
  }

  /// The same elements under another shape.
  public func reshaped(_ shape: [Int]) -> Tensor {
    precondition(
      shape.reduce(1, *) == count, "reshaped: expected \(count) elements, got shape \(shape)")
    let view = Tensor(shape: shape, type: type, storage: storage, offset: offset)
    let former = self.shape
    return view.recorded("reshaped", from: [self]) { [.dense($0.reshaped(former))] }
  }
}

/// Traps on an id that is no row.
func requireIds(_ ids: Tensor, below height: Int, _ operation: String) {
  ids.withElements(as: Int32.self) { ids in
    for id in ids where id < 0 || Int(id) >= height {
      preconditionFailure("\(operation): expected ids in 0..<\(height), got \(id)")
    }
  }
}
