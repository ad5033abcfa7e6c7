/// Groups in which no two examples share a key, as far as that can be.
///
/// In a batch, what is right for one example must not count as wrong for another. An example that
/// meets a key of its own in its group moves to the lightest without one of the next groups; if those
/// all have one, to the lightest of them.
///
/// - Parameters:
///   - groups: The numbers of examples.
///   - keys: Of each example.
///   - weights: Of each example, of which the groups are to have about as much as before.
/// - Returns: As many groups, of all examples.
func distinctGroups(_ groups: [[Int]], keys: [[Int]], weights: [Int]) -> [[Int]] {
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
  var loads = results.map { $0.reduce(0) { $0 + weights[$1] } }
  for (example, former) in moving {
    let next = (1...triedGroupCount).map { (former + $0) % results.count }
    let free = next.filter { present[$0].isDisjoint(with: keys[example]) }
    let place = (free.isEmpty ? next : free).min { loads[$0] < loads[$1] } ?? former
    results[place].append(example)
    present[place].formUnion(keys[example])
    loads[place] += weights[example]
  }
  return results
}

/// Where an example has no place in so many groups, few others have one; and the time is bounded.
private let triedGroupCount = 32
