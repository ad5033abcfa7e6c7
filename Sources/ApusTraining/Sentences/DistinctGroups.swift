/// Groups in which no two examples share a key, as far as that can be.
///
/// In a batch, what is right for one example must not count as wrong for another. An example that
/// meets a key of its own in its group moves to the smallest group without one; if there is none it
/// stays.
///
/// - Parameters:
///   - groups: The numbers of examples.
///   - keys: Of each example.
/// - Returns: As many groups, of all examples.
func distinctGroups(_ groups: [[Int]], keys: [[Int]]) -> [[Int]] {
  var results: [[Int]] = []
  var present: [Set<Int>] = []
  var moving: [(example: Int, group: Int)] = []
  for group in groups {
    var (kept, seen): ([Int], Set<Int>) = ([], [])
    for example in group {
      if seen.isDisjoint(with: keys[example]) {
        seen.formUnion(keys[example])
        kept.append(example)
      } else {
        moving.append((example, results.count))
      }
    }
    results.append(kept)
    present.append(seen)
  }
  for (example, former) in moving {
    let free = results.indices.filter { present[$0].isDisjoint(with: keys[example]) }
    let place = free.min { (results[$0].count, $0) < (results[$1].count, $1) } ?? former
    results[place].append(example)
    present[place].formUnion(keys[example])
  }
  return results
}
