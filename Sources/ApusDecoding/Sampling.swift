import ApusFiles
import ApusTensors
import Glibc

/// How the next token is chosen from its logits.
///
/// - Source: top-k of Fan et al. 2018, top-p (nucleus) of Holtzman et al. 2020.
public struct Sampling: Sendable, Hashable {
  /// What logits are divided by; 0 takes the likeliest token always.
  public let temperature: Float
  /// Only this many of the likeliest tokens are considered.
  public let topK: Int?
  /// Only the likeliest tokens that together reach this probability are considered.
  public let topP: Float?

  /// The likeliest token, of equals the one with the lowest id.
  public static let greedy = Sampling(unchecked: 0, topK: nil, topP: nil)

  /// - Throws: `InputError` for a temperature that is negative or not finite, a `topK` below 1 or a
  ///   `topP` outside (0, 1].
  public init(temperature: Float = 1, topK: Int? = nil, topP: Float? = nil) throws(InputError) {
    guard temperature >= 0, temperature.isFinite else {
      throw InputError(expected: "a temperature from 0", found: "\(temperature)")
    }
    if let topK, topK < 1 {
      throw InputError(expected: "a top-k of at least 1", found: "\(topK)")
    }
    if let topP, !(topP > 0 && topP <= 1) {
      throw InputError(expected: "a top-p above 0 and up to 1", found: "\(topP)")
    }
    self.init(unchecked: temperature, topK: topK, topP: topP)
  }

  private init(unchecked temperature: Float, topK: Int?, topP: Float?) {
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
  }

  /// Chooses a token; the same logits under the same key give the same one.
  ///
  /// - Throws: `InputError` if no logit is a number, as a model with broken weights gives them.
  public func token(
    _ logits: UnsafeBufferPointer<Float>, _ key: RandomKey
  ) throws(InputError) -> Int32 {
    var best = -1
    for index in logits.indices where !logits[index].isNaN {
      if best < 0 || logits[index] > logits[best] { best = index }
    }
    guard best >= 0, logits[best] > -.infinity else {
      throw InputError(expected: "logits that are numbers", found: "none from the model")
    }
    guard temperature > 0, logits[best].isFinite else { return Int32(best) }
    let candidates = candidates(logits, largest: logits[best])
    let total = candidates.reduce(0) { $0 + $1.weight }
    var left = total * uniform(key)
    for candidate in candidates {
      left -= candidate.weight
      if left < 0 { return candidate.id }
    }
    return candidates.last?.id ?? Int32(best)
  }

  private struct Candidate {
    let id: Int32
    /// The probability times a factor that all share.
    let weight: Double

    /// Whether this one is likelier; of equals, the one with the lower id comes first.
    func precedes(_ other: Candidate) -> Bool {
      weight > other.weight || weight == other.weight && id < other.id
    }
  }

  private func candidates(_ logits: UnsafeBufferPointer<Float>, largest: Float) -> [Candidate] {
    var candidates: [Candidate] = []
    candidates.reserveCapacity(logits.count)
    for index in logits.indices where logits[index] > -.infinity {
      let weight = exp(Double(logits[index] - largest) / Double(temperature))
      candidates.append(Candidate(id: Int32(index), weight: weight))
    }
    if let topK, topK < candidates.count { candidates = likeliest(topK, of: candidates) }
    if let topP, topP < 1 { candidates = nucleus(Double(topP), of: candidates) }
    return candidates
  }

  /// The `count` likeliest by a heap of that size, whose root is the least likely of them.
  private func likeliest(_ count: Int, of candidates: [Candidate]) -> [Candidate] {
    var heap = Array(candidates.prefix(count))
    func sink(_ start: Int) {
      var parent = start
      while true {
        var least = parent
        for child in [2 * parent + 1, 2 * parent + 2]
        where child < heap.count && heap[least].precedes(heap[child]) {
          least = child
        }
        if least == parent { return }
        heap.swapAt(parent, least)
        parent = least
      }
    }
    for index in (0..<count / 2).reversed() { sink(index) }
    for candidate in candidates.dropFirst(count) where candidate.precedes(heap[0]) {
      heap[0] = candidate
      sink(0)
    }
    return heap.sorted { $0.precedes($1) }
  }

  private func nucleus(_ share: Double, of candidates: [Candidate]) -> [Candidate] {
    let total = candidates.reduce(0) { $0 + $1.weight }
    // All candidates below this together weigh less than what the nucleus leaves out, so that few
    // are left to sort.
    let least = (1 - share) * total / Double(candidates.count)
    let sorted = candidates.filter { $0.weight >= least }.sorted { $0.precedes($1) }
    var sum = 0.0
    let end = sorted.firstIndex { candidate in
      sum += candidate.weight
      return sum >= share * total
    }
    return Array(sorted.prefix((end ?? sorted.count - 1) + 1))
  }

  private func uniform(_ key: RandomKey) -> Double {
    var stream = RandomStream(key)
    return stream.uniform()
  }
}
