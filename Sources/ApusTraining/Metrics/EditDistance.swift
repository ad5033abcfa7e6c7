/// The fewest insertions, deletions and substitutions that make one sequence of another.
///
/// - Source: Levenshtein 1966, by the dynamic programme of Wagner & Fischer 1974.
public func editDistance<Element: Equatable>(_ first: [Element], _ second: [Element]) -> Int {
  // The distances of a beginning of `first` to every beginning of `second`.
  var row = Array(0...second.count)
  for (index, element) in first.enumerated() {
    var diagonal = row[0]
    row[0] = index + 1
    for place in second.indices {
      let above = row[place + 1]
      row[place + 1] = min(
        diagonal + (element == second[place] ? 0 : 1), above + 1, row[place] + 1)
      diagonal = above
    }
  }
  return row[second.count]
}
