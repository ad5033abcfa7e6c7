/// The queries of each sequence, and the keys that they see.
struct AttendedRanges {
  private let queryOffsets, keyStarts, keyEnds: [Int64]
  /// Whether every key is seen from one sequence of queries.
  let coversKeys: Bool

  /// Elements that see their own sequences.
  init(offsets: [Int]) {
    queryOffsets = offsets.map(Int64.init)
    keyStarts = Array(queryOffsets.dropLast())
    keyEnds = Array(queryOffsets.dropFirst())
    coversKeys = true
  }

  /// Elements that see other sequences.
  ///
  /// - Parameters:
  ///   - queries: What sees.
  ///   - keys: What is seen.
  ///   - sources: The sequence of keys that each of queries sees; that of the same number if it is
  ///     left out.
  init(_ queries: Sequences, seeing keys: Sequences, sources: [Int]?) {
    let seen = sources ?? Array(0..<queries.count)
    precondition(
      seen.count == queries.count && (sources != nil || queries.count == keys.count)
        && seen.allSatisfy { 0..<keys.count ~= $0 },
      """
      attention: expected one of \(keys.count) sources for each of \(queries.count) sequences, \
      got \(seen)
      """)
    queryOffsets = queries.offsets.map(Int64.init)
    keyStarts = seen.map { Int64(keys.offsets[$0]) }
    keyEnds = seen.map { Int64(keys.offsets[$0 + 1]) }
    coversKeys = sources == nil
  }

  /// The number of sequences of queries.
  var count: Int { keyStarts.count }

  /// Traps unless each sequence of keys is seen from at most one of queries, as gradients need it.
  func requireDistinctKeys() {
    precondition(
      coversKeys
        || Set(zip(keyStarts, keyEnds).filter(<).map(\.0)).count
          == zip(keyStarts, keyEnds).count(where: <),
      "attention: expected each source at most once where gradients are recorded")
  }

  /// Where the weights of each sequence begin, which has one for each pair of query and key.
  var weightOffsets: [Int64] {
    var offsets: [Int64] = [0]
    for (index, (start, end)) in zip(keyStarts, keyEnds).enumerated() {
      let queries = queryOffsets[index + 1] - queryOffsets[index]
      offsets.append(offsets[index] + queries * (end - start))
    }
    return offsets
  }

  func withPointers(
    _ body: (UnsafePointer<Int64>?, UnsafePointer<Int64>?, UnsafePointer<Int64>?) -> Void
  ) {
    queryOffsets.withUnsafeBufferPointer { queries in
      keyStarts.withUnsafeBufferPointer { starts in
        keyEnds.withUnsafeBufferPointer { ends in
          body(queries.baseAddress, starts.baseAddress, ends.baseAddress)
        }
      }
    }
  }
}
