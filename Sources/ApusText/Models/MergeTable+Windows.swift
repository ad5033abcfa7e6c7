/// Merging in pieces of any length with working memory for a window.
///
/// Where merges happen in the order of their ranks, two overlapping windows that have a token in
/// common are right up to it and from it on: at each rank, every pair of neighbours lies in one of
/// the windows, and inside the token both go through the same merges.
extension MergeTable {
  /// The tokens of a piece.
  ///
  /// - Parameters:
  ///   - parts: What is merged; it stays as it is.
  ///   - windowLength: How many parts are merged at a time; an eighth of them a second time.
  /// - Returns: The tokens, or nil if two windows have no token in common.
  func merged(
    _ parts: UnsafeMutableBufferPointer<PieceToken>, windowLength: Int
  ) -> [PieceToken]? {
    var merged: [PieceToken] = []
    // The first part of the window, and the token that begins there.
    var (start, overlap) = (0, 0)
    while true {
      let end = min(start + windowLength, parts.count)
      var window = Array(parts[start..<end])
      let count = window.withUnsafeMutableBufferPointer { mergeLong($0) }
      window.removeLast(window.count - count)
      if merged.isEmpty {
        merged = window
      } else if let common = Self.firstCommonToken(merged[overlap...], window) {
        merged.replaceSubrange(common.left..., with: window[common.right...])
      } else {
        return nil
      }
      if end == parts.count { return merged }
      let place = parts[end - windowLength / 8].end
      overlap = merged.count
      while overlap > 0, merged[overlap - 1].end > place { overlap -= 1 }
      let next = overlap > 0 ? Self.index(behind: merged[overlap - 1].end, in: parts) : 0
      guard next > start else { return nil }
      start = next
    }
  }

  /// The indices of the first token that is in both of two lists that begin at one place.
  private static func firstCommonToken(
    _ left: ArraySlice<PieceToken>, _ right: [PieceToken]
  ) -> (left: Int, right: Int)? {
    var (index, other) = (left.startIndex, 0)
    var beginTogether = true
    while index < left.endIndex, other < right.count {
      let (first, second) = (left[index], right[other])
      if beginTogether, first == second { return (index, other) }
      beginTogether = first.end == second.end
      if first.end <= second.end { index += 1 }
      if second.end <= first.end { other += 1 }
    }
    return nil
  }

  /// The index of the first part that ends behind a place.
  private static func index(
    behind place: Int32, in parts: UnsafeMutableBufferPointer<PieceToken>
  ) -> Int {
    var (low, high) = (0, parts.count)
    while low < high {
      let middle = (low + high) / 2
      if parts[middle].end <= place { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
