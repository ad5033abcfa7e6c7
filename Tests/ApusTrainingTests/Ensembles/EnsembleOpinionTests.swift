import ApusModels
import Testing

@testable import ApusTraining

@Suite struct EnsembleOpinionTests {
  /// Three members on four labels, worked out by hand.
  @Test func votesAsCountedByHand() {
    // Two members are for label 1 by a little, one for label 2 by a lot.
    let split = EnsembleOpinion([
      [0.1, 0.4, 0.3, 0.2], [0.1, 0.5, 0.4, 0], [0.0, 0.0, 1.0, 0],
    ])
    #expect(split.votes == [0, 2, 1, 0])
    #expect(split.choice(by: .majority) == 1)
    // The means are 0.2/3, 0.9/3, 1.7/3 and 0.2/3.
    #expect(split.choice(by: .average) == 2)
    #expect(zip(split.means, [0.2, 0.9, 1.7, 0.2]).allSatisfy { abs($0 * 3 - $1) < 1e-6 })
  }

  @Test func tiesGoToTheGreatestMean() {
    // A vote each for 0, 1 and 3, whose means are 0.9/3, 0.6/3 and 0.8/3; label 2 has 0.7/3 and no vote.
    let tie = EnsembleOpinion([
      [0.5, 0.1, 0.4, 0.0], [0.2, 0.5, 0.2, 0.1], [0.2, 0.0, 0.1, 0.7],
    ])
    #expect(tie.votes == [1, 1, 0, 1])
    #expect(tie.choice(by: .majority) == 0 && tie.choice(by: .average) == 0)
    // Of labels with equal votes and means, the first.
    let equal = EnsembleOpinion([[0, 1], [1, 0]])
    #expect(equal.choice(by: .majority) == 0 && equal.choice(by: .average) == 0)
    // A label without votes is not taken, however great its mean.
    let ranked = EnsembleOpinion([[0.4, 0.6, 0], [0.4, 0, 0.6]])
    #expect(ranked.choice(by: .majority) == 1 && ranked.choice(by: .average) == 0)
    #expect(EnsembleOpinion([[0.2, 0.8]]).choice(by: .majority) == 1)
  }

  @Test func membersDecideByTheirThresholds() {
    // The first member tells label 1 from a fifth on, where the others take the most probable label.
    let thresholds = [ClassThresholds([0.8, 0.2]), nil, nil]
    let members: [[Float]] = [[0.6, 0.4], [0.3, 0.7], [0.9, 0.1]]
    let opinion = EnsembleOpinion(members, thresholds: thresholds)
    #expect(EnsembleOpinion(members).votes == [2, 1] && opinion.votes == [1, 2])
    // 0.6/0.8 and 0.4/0.2 are 3/11 and 8/11 together, so that the means are 1.473/3 and 1.527/3.
    #expect(EnsembleOpinion(members).choice(by: .average) == 0)
    #expect(opinion.choice(by: .average) == 1 && opinion.choice(by: .majority) == 1)
    // Probabilities stay what members say.
    #expect(opinion.means == EnsembleOpinion(members).means)
    // A single one decides as it does alone.
    let alone = EnsembleOpinion([members[0]], thresholds: [thresholds[0]])
    #expect(thresholds[0]?.decision(members[0]) == 1)
    #expect(alone.choice(by: .average) == 1 && alone.choice(by: .majority) == 1)
  }

  @Test func scoresEveryMember() {
    let opinions = [
      EnsembleOpinion([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8]]),
      EnsembleOpinion([[0.3, 0.7], [0.8, 0.2], [0.2, 0.8]]),
    ]
    // The second text is of a label that nobody knows.
    let score = EnsembleScore(opinions, labels: [1, nil], labelCount: 2)
    #expect(score.majority.accuracy == 0.5 && score.majority.unknownCount == 1)
    // Of equal means, the first label.
    #expect(score.average.accuracy == 0)
    #expect(score.members.map(\.accuracy) == [0, 0.5, 0.5])
    // The mean probability of the first text's label is a half.
    #expect(abs(score.majority.loss - 0.693_147_18) < 1e-6)
  }
}
