/// The cheapest way to make an output of a reference.
///
/// - Source: Levenshtein 1966, by the dynamic programme of Wagner & Fischer 1974; what has no room is
///   divided as by Hirschberg 1975.
struct EditPath {
  enum Step: UInt8 {
    /// Both elements, the same or not.
    case both
    /// One of the reference alone, one of the output alone.
    case deletion, insertion
  }

  /// The number of edits and, in the lower half, that of elements that stand alone.
  private typealias Cost = Int
  private static let substitution: Cost = 1 << 32
  private static let lone: Cost = substitution + 1

  // Elements as numbers: texts take long to compare.
  private let output, reference: [Int32]

  init<Element: Hashable>(_ output: [Element], reference: [Element]) {
    var ids: [Element: Int32] = [:]
    func id(of element: Element) -> Int32 {
      if let id = ids[element] { return id }
      let id = Int32(ids.count)
      ids[element] = id
      return id
    }
    self.output = output.map(id(of:))
    self.reference = reference.map(id(of:))
  }

  /// The edits of each kind.
  var counts: EditCounts {
    let cost = Self.costs(output[...], reference[...])[output.count]
    let (total, lone) = (cost >> 32, cost & 0xFFFF_FFFF)
    var counts = EditCounts()
    counts.insertions = (lone + output.count - reference.count) / 2
    counts.deletions = lone - counts.insertions
    counts.substitutions = total - lone
    counts.length = reference.count
    return counts
  }

  /// The steps from the first elements to the last, with tables of at most so many bytes, or of one row.
  func steps(tableLimit: Int) -> [Step] {
    Self.steps(output[...], reference[...], tableLimit)
  }

  private static func steps(
    _ output: ArraySlice<Int32>, _ reference: ArraySlice<Int32>, _ tableLimit: Int
  ) -> [Step] {
    guard reference.count > 1, reference.count * (output.count + 1) > tableLimit else {
      return tracedSteps(output, reference)
    }
    let middle = reference.startIndex + reference.count / 2
    let before = costs(output, reference[..<middle])
    let behind = costs(output.reversed()[...], reference[middle...].reversed()[...])
    var cut = 0
    for place in 1..<before.count
    where before[place] + behind[output.count - place]
      < before[cut] + behind[output.count - cut]
    {
      cut = place
    }
    let place = output.startIndex + cut
    return steps(output[..<place], reference[..<middle], tableLimit)
      + steps(output[place...], reference[middle...], tableLimit)
  }

  private static func tracedSteps(
    _ output: ArraySlice<Int32>, _ reference: ArraySlice<Int32>
  ) -> [Step] {
    let columns = output.count + 1
    var table: [Step] = []
    table.reserveCapacity(reference.count * columns)
    _ = costs(output, reference) { table.append($0) }
    var steps: [Step] = []
    var (row, column) = (reference.count, output.count)
    while row > 0 || column > 0 {
      let step = row == 0 ? .insertion : table[(row - 1) * columns + column]
      steps.append(step)
      if step != .insertion { row -= 1 }
      if step != .deletion { column -= 1 }
    }
    return steps.reversed()
  }

  /// What it costs to make each beginning of an output, from none of it on, of the whole reference.
  ///
  /// The last step to each of them from each beginning of the reference, from one element on, is noted.
  private static func costs(
    _ output: ArraySlice<Int32>, _ reference: ArraySlice<Int32>, note: (Step) -> Void = { _ in }
  ) -> [Cost] {
    var costs = (0...output.count).map { $0 * lone }
    for element in reference {
      var diagonal = costs[0]
      costs[0] += lone
      note(.deletion)
      var column = 1
      for other in output {
        let (above, left) = (costs[column], costs[column - 1])
        let both = diagonal + (element == other ? 0 : substitution)
        let alone = min(above, left) + lone
        note(both <= alone ? .both : above <= left ? .deletion : .insertion)
        costs[column] = min(both, alone)
        diagonal = above
        column += 1
      }
    }
    return costs
  }
}
