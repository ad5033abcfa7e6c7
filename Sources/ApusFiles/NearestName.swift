/// The name that was probably meant by a misspelt one, if any is close.
///
/// Distance is the number of inserted, deleted, replaced and swapped neighbouring characters
/// (optimal string alignment), without regard to case; up to a third of the name may differ.
public func nearestName(to name: String, in candidates: [String]) -> String? {
  let longest = candidates.map(\.utf8.count).max() ?? 0
  guard name.utf8.count <= 2 * longest else { return nil }
  let distances = candidates.map { editDistance(name.lowercased(), $0.lowercased()) }
  guard let least = distances.min(), let index = distances.firstIndex(of: least),
    least <= max(1, max(name.count, candidates[index].count) / 3)
  else { return nil }
  return candidates[index]
}

/// The names that are nearest to another one, however far they are, each once.
public func nearestNames(to name: String, in candidates: [String], count: Int) -> [String] {
  let name = name.lowercased()
  return Set(candidates).map { (distance: editDistance(name, $0.lowercased()), name: $0) }
    .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(count).map(\.name)
}

private func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a), Array(b))
  guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
  var beforeLast = [Int](repeating: 0, count: b.count + 1)
  var last = Array(0...b.count)
  for i in 1...a.count {
    var row = [i] + [Int](repeating: 0, count: b.count)
    for j in 1...b.count {
      row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
        row[j] = min(row[j], beforeLast[j - 2] + 1)
      }
    }
    (beforeLast, last) = (last, row)
  }
  return last[b.count]
}
