extension MergeTable {
  /// Merges neighbouring parts of a piece, the pair of lowest rank first and of equals the left
  /// one, until none is left.
  ///
  /// - Returns: The number of parts that are left, at the front.
  func merge(_ parts: UnsafeMutableBufferPointer<PieceToken>) -> Int {
    // Below this the quadratic search for the lowest rank beats a heap.
    if parts.count <= 48 { return mergeShort(parts) }
    let window = 1 << 15
    if isOrdered, parts.count > 2 * window, let merged = merged(parts, windowLength: window) {
      return parts.update(fromContentsOf: merged)
    }
    return mergeLong(parts)
  }

  @inline(__always)
  private func mergeShort(_ parts: UnsafeMutableBufferPointer<PieceToken>) -> Int {
    guard parts.count > 1 else { return parts.count }
    return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: parts.count) { pairs in
      var count = parts.count
      for index in 0..<count - 1 {
        pairs.initializeElement(at: index, to: self[parts[index].id, parts[index + 1].id])
      }
      while count > 1 {
        var best = 0
        for index in 1..<max(count - 1, 1) where pairs[index] < pairs[best] { best = index }
        guard pairs[best] != .max else { break }
        parts[best] = PieceToken(
          id: Int32(truncatingIfNeeded: pairs[best]), end: Int(parts[best + 1].end))
        count -= 1
        for index in best + 1..<max(count, best + 1) {
          parts[index] = parts[index + 1]
          pairs[index - 1] = pairs[index]
        }
        if best > 0 { pairs[best - 1] = self[parts[best - 1].id, parts[best].id] }
        if best + 1 < count { pairs[best] = self[parts[best].id, parts[best + 1].id] }
      }
      return count
    }
  }

  func mergeLong(_ parts: UnsafeMutableBufferPointer<PieceToken>) -> Int {
    // Parts form a list; a merged-away part is left out of it. `pairs` holds the current value of
    // the pair that starts at a part, by which stale entries of the heap are known.
    var next = parts.indices.map { Int32($0 + 1) }
    var previous = parts.indices.map { Int32($0 - 1) }
    let end = Int32(parts.count)
    var pairs = [UInt64](repeating: .max, count: parts.count)
    var heap = MergeHeap()
    func consider(_ left: Int32) {
      let right = next[Int(left)]
      let pair = right < end ? self[parts[Int(left)].id, parts[Int(right)].id] : .max
      pairs[Int(left)] = pair
      if pair != .max { heap.push((pair & ~0xFFFF_FFFF) | UInt64(left)) }
    }
    for left in 0..<end { consider(left) }
    while let entry = heap.pop() {
      let left = Int32(truncatingIfNeeded: entry)
      let pair = pairs[Int(left)]
      guard pair != .max, pair >> 32 == entry >> 32 else { continue }
      let right = next[Int(left)]
      parts[Int(left)] = PieceToken(
        id: Int32(truncatingIfNeeded: pair), end: Int(parts[Int(right)].end))
      pairs[Int(right)] = .max
      next[Int(left)] = next[Int(right)]
      if next[Int(left)] < end { previous[Int(next[Int(left)])] = left }
      consider(left)
      if previous[Int(left)] >= 0 { consider(previous[Int(left)]) }
    }
    var count = 0
    var index: Int32 = 0
    while index < end {
      parts[count] = parts[Int(index)]
      count += 1
      index = next[Int(index)]
    }
    return count
  }
}
