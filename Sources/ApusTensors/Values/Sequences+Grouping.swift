extension Sequences {
  /// Rows as sequences: those that follow each other with one number are together.
  ///
  /// The hypotheses that beam search has for one source see it together that way.
  ///
  /// - Returns: The rows, and the number of each of the sequences.
  public static func grouping(
    _ rows: Tensor, by numbers: [Int]
  ) -> (rows: Sequences, groups: [Int]) {
    var (lengths, groups): ([Int], [Int]) = ([], [])
    for number in numbers {
      if groups.last == number {
        lengths[lengths.count - 1] += 1
      } else {
        lengths.append(1)
        groups.append(number)
      }
    }
    return (Sequences(rows, lengths: lengths), groups)
  }
}
