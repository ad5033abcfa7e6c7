import CApusKernels

/// A batch of sequences without padding: all elements end to end, and where each sequence starts.
///
/// Layers that work on each element alone see N rows; layers that look across time read the
/// offsets. What comes out for a sequence therefore can't depend on who shares its batch.
///
/// - Shapes: values [N] or [N, C] with N = Σ lengths; offsets [B + 1].
public struct Sequences: Sendable {
  public let values: Tensor
  /// The first element of each sequence, and N at the end.
  public let offsets: [Int]

  public init(_ values: Tensor, offsets: [Int]) {
    precondition(
      offsets.first == 0 && offsets.last == values.shape.first,
      "Sequences: expected offsets from 0 to \(values.shape.first ?? 0), got \(offsets)")
    precondition(
      zip(offsets, offsets.dropFirst()).allSatisfy(<=), "Sequences: expected ascending offsets")
    self.values = values
    self.offsets = offsets
  }

  public init(_ values: Tensor, lengths: [Int]) {
    self.init(values, offsets: lengths.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) })
  }

  /// Token ids of each sequence.
  public init(ids: [[Int32]]) {
    self.init(Tensor(ids.flatMap { $0 }), lengths: ids.map(\.count))
  }

  /// The number of sequences.
  public var count: Int { offsets.count - 1 }
  /// The number of elements of all sequences.
  public var elementCount: Int { values.shape[0] }
  public var lengths: [Int] { zip(offsets, offsets.dropFirst()).map { $1 - $0 } }

  /// The same sequences with other values, one for each element.
  public func with(_ values: Tensor) -> Sequences {
    precondition(
      values.shape.first == elementCount,
      "Sequences: expected \(elementCount) elements, got shape \(values.shape)")
    return Sequences(unchecked: values, offsets)
  }

  private init(unchecked values: Tensor, _ offsets: [Int]) {
    self.values = values
    self.offsets = offsets
  }

  public func map(_ transform: (Tensor) -> Tensor) -> Sequences { with(transform(values)) }

  /// The position of each element in its sequence, from 0: [N].
  public var positions: Tensor {
    var result = Tensor(undefined: [elementCount], .int32)
    result.mutate(as: Int32.self) { positions in
      for (start, end) in zip(offsets, offsets.dropFirst()) {
        for index in start..<end { positions[index] = Int32(index - start) }
      }
    }
    return result
  }

  /// The sequence that each element is of, from 0: [N].
  public var sequenceIndices: [Int32] {
    lengths.enumerated().flatMap { repeatElement(Int32($0), count: $1) }
  }

  /// The first element of each sequence: [N, C] → [B, C].
  public var firsts: Tensor { values.gathered(offsets.dropLast().map(Int32.init)) }
  /// The last element of each sequence: [N, C] → [B, C].
  public var lasts: Tensor { values.gathered(offsets.dropFirst().map { Int32($0 - 1) }) }
}
