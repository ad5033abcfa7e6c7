import ApusModels

/// What the members of an ensemble think of a text.
public struct EnsembleOpinion: Sendable, Hashable {
  /// The probability of each label by each member: [members][labels].
  public let probabilities: [[Float]]
  /// Probabilities divided by the thresholds of each member, 1 together: what members decide by.
  private let leanings: [[Float]]

  /// - Parameters:
  ///   - probabilities: Of each label by each member, one at least.
  ///   - thresholds: Of each member; nil for one without.
  public init(_ probabilities: [[Float]], thresholds: [ClassThresholds?]) {
    precondition(
      !probabilities.isEmpty && probabilities.count == thresholds.count,
      "EnsembleOpinion: expected members with thresholds or nil each, got "
        + "\(probabilities.count) and \(thresholds.count)")
    self.probabilities = probabilities
    leanings = zip(probabilities, thresholds).map { probabilities, thresholds in
      guard let thresholds else { return probabilities }
      let values = zip(probabilities, thresholds.values).map { $0 / $1 }
      let sum = values.reduce(0, +)
      return values.map { $0 / sum }
    }
  }

  /// The opinion of members without thresholds.
  public init(_ probabilities: [[Float]]) {
    self.init(probabilities, thresholds: probabilities.map { _ in nil })
  }

  /// The mean probability of each label.
  public var means: [Float] { Self.means(of: probabilities) }

  /// How many members decide for each label.
  public var votes: [Int] {
    var votes = probabilities[0].map { _ in 0 }
    for member in leanings { votes[member.firstGreatest] += 1 }
    return votes
  }

  /// The number of the label that the members decide for together.
  public func choice(by vote: EnsembleConfig.Vote) -> Int {
    let means = Self.means(of: leanings)
    guard vote == .majority else { return means.firstGreatest }
    let votes = votes
    let most = votes.max() ?? 0
    return zip(votes, means).map { $0 == most ? $1 : -1 }.firstGreatest
  }

  /// The number of the label that a member decides for.
  func choice(ofMember index: Int) -> Int { leanings[index].firstGreatest }

  private static func means(of members: [[Float]]) -> [Float] {
    members[0].indices.map { label in
      members.reduce(0) { $0 + $1[label] } / Float(members.count)
    }
  }
}
