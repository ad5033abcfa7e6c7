import ApusTensors

extension Tensor {
  /// Elements of groups of any size as rows, filled up behind with a value that no softmax sees.
  ///
  /// - Shapes: [N] in groups of the given lengths → [groups, the greatest length], Float32
  func rows(ofGroups lengths: [Int]) -> Tensor {
    let width = lengths.max() ?? 0
    let filler = Int32(count)
    var places: [Int32] = []
    places.reserveCapacity(lengths.count * width)
    var start: Int32 = 0
    for length in lengths {
      places += (start..<start + Int32(length))
      places += Array(repeating: filler, count: width - length)
      start += Int32(length)
    }
    let elements = concatenated([reshaped([count, 1]), .filled(-1e9, [1, 1])])
    return elements.gathered(places).reshaped([lengths.count, width])
  }
}
