/// How often the terms of some texts came, in all, in texts and in the texts of each label.
struct TermCounts {
  private(set) var terms: [String] = []
  /// In how many texts each came.
  private(set) var textCounts: [Int] = []
  private(set) var textCount = 0
  private var numbers: [String: Int] = [:]
  private var totals: [Int] = []
  /// [terms, labels]; empty if labels are not counted.
  private var labelTotals: [Int] = []
  private var textsOfLabels: [Int]
  private var lastTexts: [Int] = []

  /// - Parameter labelCount: The labels that are told apart; 0 for none.
  init(labelCount: Int) { textsOfLabels = Array(repeating: 0, count: labelCount) }

  mutating func add(_ text: String, label: Int, _ walker: TermWalker) {
    textCount += 1
    if !textsOfLabels.isEmpty { textsOfLabels[label] += 1 }
    walker.forEachTerm(of: text) { term in
      let number = number(of: term)
      totals[number] += 1
      if lastTexts[number] != textCount {
        lastTexts[number] = textCount
        textCounts[number] += 1
      }
      if !textsOfLabels.isEmpty { labelTotals[number * textsOfLabels.count + label] += 1 }
    }
  }

  private mutating func number(of term: String) -> Int {
    if let number = numbers[term] { return number }
    numbers[term] = terms.count
    terms.append(term)
    totals.append(0)
    textCounts.append(0)
    lastTexts.append(0)
    labelTotals += repeatElement(0, count: textsOfLabels.count)
    return terms.count - 1
  }

  /// The chosen terms, in the order of their bytes; of terms of equal rank, the first in that order.
  func selected(_ selection: TermSelection) -> [Int] {
    let most = selection.maximumTextShare * Double(textCount)
    var chosen = terms.indices.filter {
      textCounts[$0] >= selection.minimumTextCount && Double(textCounts[$0]) <= most
    }
    func precedes(_ first: Int, _ second: Int) -> Bool {
      terms[first].utf8.lexicographicallyPrecedes(terms[second].utf8)
    }
    if let limit = selection.limit, chosen.count > limit {
      let ranks =
        selection.criterion == .frequency ? totals.map(Double.init) : terms.indices.map(chiSquared)
      chosen.sort { ranks[$0] == ranks[$1] ? precedes($0, $1) : ranks[$0] > ranks[$1] }
      chosen.removeLast(chosen.count - limit)
    }
    return chosen.sorted(by: precedes)
  }

  /// Σ (observed − expected)² / expected over the labels, as scikit-learn's `chi2` of the counts.
  private func chiSquared(of number: Int) -> Double {
    let count = textsOfLabels.count
    return textsOfLabels.indices.reduce(0) { sum, label in
      let expected = Double(totals[number]) * Double(textsOfLabels[label]) / Double(textCount)
      let difference = Double(labelTotals[number * count + label]) - expected
      return expected > 0 ? sum + difference * difference / expected : sum
    }
  }
}
