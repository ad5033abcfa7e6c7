import ApusFiles
import ApusTensors
import Glibc

/// How the next token is chosen from its logits.
///
/// Temperature comes first; top-k, top-p and min-p then leave out tokens in this order, each judging
/// by the probabilities of those that are left.
///
/// - Source: top-k of Fan et al. 2018, top-p (nucleus) of Holtzman et al. 2020, min-p of Nguyen et
///   al. 2024.
public struct Sampling: Sendable, Hashable {
  /// What logits are divided by; 0 takes the likeliest token always.
  public let temperature: Float
  /// Only this many of the likeliest tokens are considered.
  public let topK: Int?
  /// Only the likeliest tokens that together reach this probability are considered.
  public let topP: Float?
  /// Only tokens of at least this share of the likeliest one's probability are considered.
  public let minP: Float?

  /// The likeliest token, of equals the one with the lowest id.
  public static let greedy = Sampling(unchecked: 0, topK: nil, topP: nil, minP: nil)

  /// - Throws: `InputError` for a temperature that is negative or not finite, a `topK` below 1, a
  ///   `topP` outside (0, 1] or a `minP` outside [0, 1].
  public init(
    temperature: Float = 1, topK: Int? = nil, topP: Float? = nil, minP: Float? = nil
  ) throws(InputError) {
    guard temperature >= 0, temperature.isFinite else {
      throw InputError(expected: "a temperature from 0", found: "\(temperature)")
    }
    if let topK, topK < 1 {
      throw InputError(expected: "a top-k of at least 1", found: "\(topK)")
    }
    if let topP, !(topP > 0 && topP <= 1) {
      throw InputError(expected: "a top-p above 0 and up to 1", found: "\(topP)")
    }
    if let minP, !(minP >= 0 && minP <= 1) {
      throw InputError(expected: "a min-p from 0 to 1", found: "\(minP)")
    }
    self.init(unchecked: temperature, topK: topK, topP: topP, minP: minP)
  }

  private init(unchecked temperature: Float, topK: Int?, topP: Float?, minP: Float?) {
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.minP = minP
  }

  /// Chooses a token; the same logits under the same key give the same one.
  ///
  /// - Throws: `InputError` if no logit is a number, as a model with broken weights gives them.
  public func token(
    _ logits: UnsafeBufferPointer<Float>, _ key: RandomKey
  ) throws(InputError) -> Int32 {
    let best = try likeliest(logits)
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

  /// The first of the greatest logits.
  private func likeliest(_ logits: UnsafeBufferPointer<Float>) throws(InputError) -> Int {
    // A NaN is never greater.
    var largest = -Float.infinity
    let width = SIMD16<Float>.scalarCount
    let whole = logits.count / width * width
    let bytes = UnsafeRawBufferPointer(logits)
    var lanes = SIMD16<Float>(repeating: largest)
    for index in stride(from: 0, to: whole, by: width) {
      let next = bytes.loadUnaligned(fromByteOffset: 4 * index, as: SIMD16<Float>.self)
      lanes.replace(with: next, where: next .> lanes)
    }
    largest = lanes.max()
    for index in whole..<logits.count where logits[index] > largest { largest = logits[index] }
    guard largest > -.infinity, let best = logits.firstIndex(of: largest) else {
      throw InputError(expected: "logits that are numbers", found: "none from the model")
    }
    return best
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
    func weight(_ logit: Float) -> Double { exp(Double(logit - largest) / Double(temperature)) }
    var candidates: [Candidate] = []
    if let topK, topK < logits.count {
      // Of many tokens few need an exponential.
      candidates = likeliest(topK, of: logits).map {
        Candidate(id: Int32($0), weight: weight(logits[$0]))
      }
    } else {
      candidates.reserveCapacity(logits.count)
      for index in logits.indices where logits[index] > -.infinity {
        candidates.append(Candidate(id: Int32(index), weight: weight(logits[index])))
      }
    }
    if let topP, topP < 1 { candidates = nucleus(Double(topP), of: candidates) }
    // The likeliest weighs 1.
    if let minP { candidates.removeAll { $0.weight < Double(minP) } }
    return candidates
  }

  private func likeliest(_ count: Int, of logits: UnsafeBufferPointer<Float>) -> [Int] {
    var leaders = Leaders<Int>(count) {
      logits[$0] > logits[$1] || logits[$0] == logits[$1] && $0 < $1
    }
    var least = -Float.infinity
    for index in logits.indices where logits[index] > least {
      leaders.insert(index)
      if let last = leaders.last { least = logits[last] }
    }
    return leaders.sorted
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
