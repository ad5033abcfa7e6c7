/// How well outputs agree with references, a line each.
public struct TranslationScore: Sendable {
  /// The number of lines.
  public private(set) var count = 0
  private var bleuCounts: BLEU
  private var chrFCounts = ChrF()
  private var exactCount = 0
  /// Edits of words, and the words of the references.
  private var edits = 0
  private var referenceLength = 0

  public init(_ cutting: WordCutting = .mteval13a) { bleuCounts = BLEU(cutting) }

  /// Counts an output.
  ///
  /// - Parameters:
  ///   - output: What the model wrote.
  ///   - references: At least one right line; edits are counted to the nearest.
  public mutating func add(_ output: String, references: [String]) {
    bleuCounts.add(output, references: references)
    chrFCounts.add(output, references: references)
    let words = plainWords(Substring(output))
    let distances = references.map { reference in
      let others = plainWords(Substring(reference))
      return (edits: editDistance(words, others), length: others.count)
    }
    // Of references that are as near, the one with the most words.
    let nearest = distances.min { ($0.edits, $1.length) < ($1.edits, $0.length) }
    count += 1
    if nearest?.edits == 0 { exactCount += 1 }
    edits += nearest?.edits ?? 0
    referenceLength += nearest?.length ?? 0
  }

  public var bleu: Double { bleuCounts.score }
  public var chrF: Double { chrFCounts.score }

  /// The share of lines whose words are all right.
  public var exactMatch: Double { count == 0 ? 0 : Double(exactCount) / Double(count) }

  /// Edits over the words of the references: the word error rate, or that of phones where words are.
  ///
  /// It is above 1 where more is wrong than was asked for.
  public var editRate: Double {
    referenceLength == 0 ? Double(min(edits, 1)) : Double(edits) / Double(referenceLength)
  }
}
