/// What the terms of a text are and how they are counted.
public struct TermOptions: Sendable, Hashable {
  /// How many words stand together in a term: 1...1 for single words, 1...2 for pairs too.
  public var wordCounts = 1...1
  /// Whether words are put into small letters.
  public var lowercases = true
  /// Whether a term that a text has n times counts as 1 + ln n, and not as n.
  public var isSublinear = true

  public init() {}
}

/// Which of all terms of some texts become features.
public struct TermSelection: Sendable, Hashable {
  /// What terms are ranked by where there are more than the limit.
  public enum Criterion: String, Sendable, CaseIterable {
    /// How often they come.
    case frequency
    /// The χ² statistic of their counts and the labels of the texts (Yang & Pedersen 1997).
    case chiSquared = "chi-squared"
  }

  /// The most terms; nil for all.
  public var limit: Int?
  public var criterion = Criterion.frequency
  /// Terms of fewer texts are left out.
  public var minimumTextCount = 1
  /// Terms of a greater share of the texts are left out.
  public var maximumTextShare = 1.0

  public init(limit: Int? = nil) { self.limit = limit }
}
