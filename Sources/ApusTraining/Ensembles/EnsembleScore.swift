import ApusLayers
import ApusModels
import ApusText
import Glibc

/// How well an ensemble and its members tell the labels of texts.
public struct EnsembleScore: Sendable {
  /// By each way of voting; the loss is that of the mean probabilities in both.
  public let majority, average: ClassificationScore
  /// Of each member alone, in their order.
  public let members: [ClassificationScore]

  public func score(by vote: EnsembleConfig.Vote) -> ClassificationScore {
    vote == .majority ? majority : average
  }

  init(_ opinions: [EnsembleOpinion], labels: [Int?], labelCount: Int) {
    func score(
      _ probabilities: (EnsembleOpinion) -> [Float], _ choice: (EnsembleOpinion) -> Int
    ) -> ClassificationScore {
      var score = ClassificationScore(classCount: labelCount)
      var losses: [Double] = []
      for (opinion, label) in zip(opinions, labels) {
        score.add(expected: label, predicted: choice(opinion))
        guard let label else { continue }
        // The smallest normal number stands for 0, whose logarithm would be infinite.
        losses.append(-log(Double(max(probabilities(opinion)[label], .leastNormalMagnitude))))
      }
      score.loss = losses.reduce(0, +) / Double(max(1, losses.count))
      return score
    }
    majority = score(\.means) { $0.choice(by: .majority) }
    average = score(\.means) { $0.choice(by: .average) }
    members = (0..<(opinions.first?.probabilities.count ?? 0)).map { index in
      score({ $0.probabilities[index] }) { $0.choice(ofMember: index) }
    }
  }
}

extension ClassifierEnsemble {
  /// How well the members tell the labels of texts; a text of another label counts as wrong.
  public func score(
    on texts: [LabelledText], _ precision: Mode.Precision = .fp32
  ) -> EnsembleScore {
    score(opinions(on: texts.map(\.text), precision), on: texts)
  }

  /// The same from opinions that are at hand.
  public func score(_ opinions: [EnsembleOpinion], on texts: [LabelledText]) -> EnsembleScore {
    let numbers = Dictionary(uniqueKeysWithValues: zip(labels, labels.indices))
    return EnsembleScore(
      opinions, labels: texts.map { numbers[$0.label] }, labelCount: labels.count)
  }
}
