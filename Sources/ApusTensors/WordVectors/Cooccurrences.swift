import CApusKernels

/// How often words stand near each other, nearer ones counting more.
///
/// Each occurrence of a word around another, d places apart in a sentence, adds 1/d to what the two weigh
/// together, in either order the same; two occurrences of one word are around each other and add 2/d.
/// Memory grows with the number of different pairs (about 32 bytes each), not with the text.
///
/// - Source: Pennington et al., "GloVe: Global Vectors for Word Representation", EMNLP 2014, §4.2.
public final class CooccurrenceCounter {
  private let counts = apus_cooccurrences_make()
  private let window: Int

  /// - Parameter window: The greatest distance.
  public init(window: Int) {
    precondition(window > 0, "CooccurrenceCounter: expected a window of at least 1")
    self.window = window
  }

  deinit { apus_cooccurrences_free(counts) }

  /// Adds sentences.
  ///
  /// - Parameters:
  ///   - ids: The words of all sentences.
  ///   - ends: Where each sentence ends in `ids`.
  public func add(_ ids: [Int32], ends: [Int]) {
    precondition(
      ends.last ?? 0 == ids.count && zip([0] + ends, ends).allSatisfy { $0 <= $1 },
      "CooccurrenceCounter: expected rising ends up to \(ids.count)")
    apus_cooccurrences_add(counts, ids, ends.map(Int64.init), Int64(ends.count), Int64(window))
  }

  /// All pairs so far, in an order that the key decides.
  public func shuffled(_ key: RandomKey) -> Cooccurrences {
    let count = Int(apus_cooccurrences_count(counts))
    return Cooccurrences(
      pairs: [apus_cooccurrence](unsafeUninitializedCapacity: count) { buffer, initialized in
        if let start = buffer.baseAddress { apus_cooccurrences_shuffle(counts, key.bits, start) }
        initialized = count
      })
  }
}

/// Pairs of words and what they weigh together.
public struct Cooccurrences: Sendable {
  let pairs: [apus_cooccurrence]

  public var count: Int { pairs.count }

  /// A pair, whose first word is not above the second.
  public subscript(index: Int) -> (first: Int, second: Int, weight: Double) {
    (Int(pairs[index].first), Int(pairs[index].second), pairs[index].weight)
  }
}
