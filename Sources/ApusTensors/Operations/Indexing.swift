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
      (sum.address + range.lowerBound * stride * type.byteCount).copyMemory(
        from: gradient.converted(to: type).address,
        byteCount: range.count * stride * type.byteCount)
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

  /// The same elements under another shape.
  public func reshaped(_ shape: [Int]) -> Tensor {
    precondition(
      shape.reduce(1, *) == count, "reshaped: expected \(count) elements, got shape \(shape)")
    let view = Tensor(shape: shape, type: type, storage: storage, offset: offset)
    let former = self.shape
    return view.recorded("reshaped", from: [self]) { [.dense($0.reshaped(former))] }
  }
}

/// Tensors end to end along the first axis; all other sizes and the types agree.
public func concatenated(_ tensors: [Tensor]) -> Tensor {
  guard let first = tensors.first else { preconditionFailure("concatenated: got no tensors") }
  for tensor in tensors {
    precondition(
      tensor.shape.dropFirst() == first.shape.dropFirst() && tensor.type == first.type,
      "concatenated: expected \(first.type) \(first.shape), got \(tensor.type) \(tensor.shape)")
  }
  let heights = tensors.map { $0.shape[0] }
  let result = Tensor(undefined: [heights.reduce(0, +)] + first.shape.dropFirst(), first.type)
  var position = result.address
  for tensor in tensors {
    position.copyMemory(from: tensor.address, byteCount: tensor.count * tensor.type.byteCount)
    position += tensor.count * tensor.type.byteCount
  }
  return result.recorded("concatenated", from: tensors) { gradient in
    var start = 0
    return heights.map { height in
      defer { start += height }
      return .dense(gradient.rows(start..<start + height))
    }
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
