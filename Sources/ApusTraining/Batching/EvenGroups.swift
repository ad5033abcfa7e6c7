/// Cuts a row of weights into consecutive groups, each of at most `limit` in all.
///
/// Groups are made about equally heavy, so that the rest of a row makes no batch much smaller than
/// the others; where weights are too coarse for that, each group is filled in turn.
///
/// - Parameters:
///   - weights: Positive, each of at most `limit`.
///   - limit: The most that a group may weigh.
/// - Returns: The ranges of the groups, in order.
func evenGroups(_ weights: [Int], limit: Int) -> [Range<Int>] {
  let total = weights.reduce(0, +)
  guard total > 0 else { return [] }
  let least = (total + limit - 1) / limit
  for count in least...least + least / 8 + 1 {
    if let groups = groups(weights, total: total, count: count, limit: limit) { return groups }
  }
  return filledGroups(weights, limit: limit)
}

/// Groups that end where the sum passes the next multiple of total / count; nil if one is too heavy.
private func groups(_ weights: [Int], total: Int, count: Int, limit: Int) -> [Range<Int>]? {
  var groups: [Range<Int>] = []
  var (start, sum, weight) = (0, 0, 0)
  for (index, value) in weights.enumerated() {
    // The middle of a weight decides on which side of a border it stands.
    let border = (2 * sum + value) * count >= 2 * total * (groups.count + 1)
    if border, index > start {
      groups.append(start..<index)
      (start, weight) = (index, 0)
    }
    sum += value
    weight += value
    if weight > limit { return nil }
  }
  groups.append(start..<weights.count)
  return groups
}

private func filledGroups(_ weights: [Int], limit: Int) -> [Range<Int>] {
  var groups: [Range<Int>] = []
  var (start, weight) = (0, 0)
  for (index, value) in weights.enumerated() {
    if weight + value > limit {
      groups.append(start..<index)
      (start, weight) = (index, 0)
    }
    weight += value
  }
  groups.append(start..<weights.count)
  return groups
}
