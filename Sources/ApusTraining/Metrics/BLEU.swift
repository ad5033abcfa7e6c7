import Glibc

/// The agreement of translations with references in n-grams of words, from 0 to 100.
///
/// The figure is sacrebleu's: counts of the whole corpus, up to four words, exponential smoothing of
/// orders without a match.
///
/// - Source: Papineni et al. 2002; smoothing by Chen & Cherry 2014, method 3; Post 2018.
public struct BLEU: Sendable {
  private static let order = 4
  private let cutting: WordCutting
  private var matches = [Int](repeating: 0, count: order)
  private var totals = [Int](repeating: 0, count: order)
  private var length = 0
  private var referenceLength = 0

  public init(_ cutting: WordCutting = .mteval13a) { self.cutting = cutting }

  /// Counts a translation.
  ///
  /// - Parameters:
  ///   - translation: What the model wrote.
  ///   - references: At least one right translation; each n-gram may come as often as in the one
  ///     that has it most often.
  public mutating func add(_ translation: String, references: [String]) {
    precondition(!references.isEmpty, "BLEU: expected a reference, got none")
    var numbers = WordNumbers()
    let words = numbers.numbers(cutting.words(of: translation))
    let others = references.map { numbers.numbers(cutting.words(of: $0)) }
    length += words.count
    // The length nearest to the translation's; of two as near, the shorter.
    referenceLength +=
      others.map(\.count).min {
        (abs($0 - words.count), $0) < (abs($1 - words.count), $1)
      } ?? 0
    for size in 1...Self.order {
      let allowed = others.map { counts($0, size) }
        .reduce(into: [:]) { $0.merge($1, uniquingKeysWith: max) }
      totals[size - 1] += max(0, words.count - size + 1)
      for (gram, count) in counts(words, size) {
        matches[size - 1] += min(count, allowed[gram] ?? 0)
      }
    }
  }

  public var score: Double {
    guard matches.contains(where: { $0 > 0 }) else { return 0 }
    var logarithms = 0.0
    var smoothing = 1.0
    for (match, total) in zip(matches, totals) {
      // Nothing was as long as this order: sacrebleu then takes the logarithm for very small.
      guard total > 0 else { return 0 }
      if match == 0 { smoothing *= 2 }
      logarithms += log(
        match == 0 ? 100 / (smoothing * Double(total)) : 100 * Double(match) / Double(total))
    }
    let brevity =
      length < referenceLength ? exp(1 - Double(referenceLength) / Double(length)) : 1
    return brevity * exp(logarithms / Double(Self.order))
  }

  private func counts(_ words: [Int32], _ size: Int) -> [[Int32]: Int] {
    guard words.count >= size else { return [:] }
    return (0...words.count - size).reduce(into: [:]) {
      $0[Array(words[$1..<$1 + size]), default: 0] += 1
    }
  }
}

/// Numbers for words, so that n-grams are compared by numbers.
private struct WordNumbers {
  private var known: [Substring: Int32] = [:]

  mutating func numbers(_ words: [Substring]) -> [Int32] {
    words.map { word in
      if let number = known[word] { return number }
      let number = Int32(known.count)
      known[word] = number
      return number
    }
  }
}
