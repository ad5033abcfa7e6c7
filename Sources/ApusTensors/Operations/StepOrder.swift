/// The order in which a recurrent layer goes through a batch: in each step one element of every
/// sequence that still runs.
///
/// Sequences are taken longest first, so that those that run are always the first few, and states
/// can lie side by side without gaps.
struct StepOrder {
  /// The sequences, the longest first.
  let sequences: [Int]
  /// The elements of all steps, one step after the other.
  let rows: [Int64]
  /// Where each step begins in `rows`, and the number of elements.
  let starts: [Int]

  /// - Parameters:
  ///   - offsets: Of the sequences.
  ///   - isReversed: Whether each is gone through from its end.
  init(offsets: [Int], isReversed: Bool) {
    let lengths = zip(offsets, offsets.dropFirst()).map { $1 - $0 }
    let sequences = lengths.indices.sorted { (lengths[$1], $0) < (lengths[$0], $1) }
    var rows: [Int64] = []
    rows.reserveCapacity(offsets[offsets.count - 1])
    var starts = [0]
    var running = sequences.count
    for step in 0..<(sequences.first.map { lengths[$0] } ?? 0) {
      while running > 0, lengths[sequences[running - 1]] <= step { running -= 1 }
      for sequence in sequences[..<running] {
        rows.append(
          Int64(isReversed ? offsets[sequence + 1] - 1 - step : offsets[sequence] + step))
      }
      starts.append(rows.count)
    }
    self.sequences = sequences
    self.rows = rows
    self.starts = starts
  }

  var stepCount: Int { starts.count - 1 }
  func count(_ step: Int) -> Int { starts[step + 1] - starts[step] }

  /// The rows of a matrix with one for each sequence, in the order of the sequences here.
  func sorted(_ x: Tensor) -> Tensor { x.gathered(sequences.map(Int32.init)) }

  /// The rows of a matrix in the order of the sequences here, in that of the batch.
  func unsorted(_ x: Tensor) -> Tensor {
    var places = [Int32](repeating: 0, count: sequences.count)
    for (place, sequence) in sequences.enumerated() { places[sequence] = Int32(place) }
    return x.gathered(places)
  }

  /// For each element the row of the one before it, or of its sequence's first state.
  ///
  /// - Parameters:
  ///   - x: A row an element.
  ///   - initial: A row a sequence, in the order here.
  /// - Returns: A row an element.
  func before(_ x: Tensor, initial: Tensor) -> Tensor {
    let result = Tensor(undefined: x.shape, x.type)
    let bytes = x.columnCount * x.type.byteCount
    for step in 0..<stepCount {
      for place in 0..<count(step) {
        let source =
          step == 0
          ? initial.address + place * bytes
          : x.address + Int(rows[starts[step - 1] + place]) * bytes
        (result.address + Int(rows[starts[step] + place]) * bytes)
          .copyMemory(from: source, byteCount: bytes)
      }
    }
    withExtendedLifetime((x, initial)) {}
    return result
  }

  /// What a matrix with a row an element has in the last step of each sequence, in the order here.
  func lasts(_ x: Tensor, initial: Tensor) -> Tensor {
    let result = Tensor(undefined: initial.shape, x.type)
    let bytes = x.columnCount * x.type.byteCount
    result.address.copyMemory(from: initial.address, byteCount: initial.rowCount * bytes)
    for step in 0..<stepCount {
      let next = step + 1 < stepCount ? count(step + 1) : 0
      for place in next..<count(step) {
        (result.address + place * bytes).copyMemory(
          from: x.address + Int(rows[starts[step] + place]) * bytes, byteCount: bytes)
      }
    }
    withExtendedLifetime((x, initial)) {}
    return result
  }
}
