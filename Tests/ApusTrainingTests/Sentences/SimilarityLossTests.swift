import ApusLayers
import ApusTensors
import Foundation
import Testing

@Suite struct SimilarityLossTests {
  /// What sentence-transformers and the papers' formulas in PyTorch give, in Double, from
  /// Tests/Peers/sentences/make_losses.py.
  private struct Golden: Decodable {
    struct Case: Decodable {
      let name: String
      let inputs, gradients: [[Float]]
      let loss: Float
    }
    let size: Int
    let scores, binary: [Float]
    let labels: [Int32]
    let cases: [Case]
  }

  private static func golden() throws -> Golden {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Golden/similarity_losses.json")
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
  }

  /// The loss of a name, a scalar.
  private static func loss(_ name: String, _ x: [Tensor], _ golden: Golden) -> Tensor? {
    let scores = Tensor(golden.scores)
    let (binary, labels) = (Tensor(golden.binary), Tensor(golden.labels))
    func margin(_ softmax: MarginSoftmax) -> Tensor { softmax(x[0], x[1], labels: labels).sum() }
    return switch name {
    case "ranking": multipleNegativesRanking(x[0], x[1]).mean()
    case "ranking with negatives":
      multipleNegativesRanking(x[0], concatenated(Array(x.dropFirst()))).mean()
    case "symmetric ranking": multipleNegativesRanking(x[0], x[1], isSymmetric: true).mean()
    case "cosent": cosent(x[0], x[1], scores: scores)
    case "cosine": cosineRegression(x[0], x[1], scores: scores).mean()
    case "contrastive": contrastive(x[0], x[1], labels: binary).mean()
    case "online contrastive": onlineContrastive(x[0], x[1], labels: binary)
    case "triplet": triplet(x[0], x[1], x[2]).mean()
    case "matryoshka":
      matryoshka(x, dimensions: [8, 4, 2], weights: [1, 0.5, 0.25]) {
        multipleNegativesRanking($0[0], $0[1]).mean()
      }
    case "centres": centreLoss(x[0], labels: labels, centres: x[1]).sum()
    case "large margin 1": margin(.large(margin: 1, plainness: 0))
    case "large margin 3": margin(.large(margin: 3, plainness: 0))
    case "large margin 4 mixed": margin(.large(margin: 4, plainness: 2))
    case "angular margin 2": margin(.angular(margin: 2, plainness: 0))
    case "angular margin 4 mixed": margin(.angular(margin: 4, plainness: 5))
    case "additive margin": margin(.additive(margin: 0.35, scale: 20))
    case "additive angular margin": margin(.additiveAngular(margin: 0.5, scale: 20))
    default: nil
    }
  }

  @Test func lossesAndGradientsAreThoseOfPeers() throws {
    let golden = try Self.golden()
    #expect(golden.cases.count == 17)
    for expected in golden.cases {
      let inputs = expected.inputs.map {
        Tensor($0, [$0.count / golden.size, golden.size]).tracked
      }
      let loss = try #require(Self.loss(expected.name, inputs, golden), "\(expected.name)")
      #expect(
        abs(loss.scalar - expected.loss) < 1e-5 * max(1, abs(expected.loss)),
        "\(expected.name): \(loss.scalar), not \(expected.loss)")
      let gradients = loss.gradients(of: inputs).map { $0.elements(as: Float.self) }
      #expect(gradients.map(\.count) == expected.gradients.map(\.count))
      let largest = expected.gradients.joined().map(abs).max() ?? 0
      #expect(largest > 0, "\(expected.name): no gradient")
      let worst = zip(gradients.joined(), expected.gradients.joined()).map { abs($0 - $1) }.max()
      #expect(worst ?? .nan < 2e-5 * max(1, largest), "\(expected.name): \(worst ?? .nan)")
    }
  }

  @Test func equalScoresAskForNothing() {
    let vectors = Tensor((0..<12).map { Float($0 % 5) - 1 }, [3, 4]).tracked
    let others = Tensor((0..<12).map { Float($0 % 7) - 2 }, [3, 4])
    let loss = cosent(vectors, others, scores: Tensor([0.5, 0.5, 0.5] as [Float]))
    #expect(loss.scalar == 0)
    #expect(loss.gradients(of: [vectors])[0].elements(as: Float.self).allSatisfy { $0 == 0 })
  }

  @Test func vectorsOfZerosHaveFiniteGradients() {
    let zeros = Tensor.zeros([2, 3]).tracked
    let other = Tensor([1, 2, 3, 0, 0, 0] as [Float], [2, 3])
    for loss in [
      multipleNegativesRanking(zeros, other).sum(), triplet(zeros, other, zeros).sum(),
      contrastive(zeros, other, labels: Tensor([1, 0] as [Float])).sum(),
    ] {
      #expect(loss.scalar.isFinite)
      #expect(loss.gradients(of: [zeros])[0].elements(as: Float.self).allSatisfy { $0.isFinite })
    }
  }

  @Test func onlinePairsOfOneKindAlone() {
    let first = Tensor([1, 0, 0, 1] as [Float], [2, 2])
    let second = Tensor([0, 1, 0, 1] as [Float], [2, 2])
    // Of distances 1 and 0, the second is below their mean and lacks 0.5 of the margin.
    #expect(
      abs(onlineContrastive(first, second, labels: Tensor([0, 0] as [Float])).scalar - 0.25) < 1e-6)
    // The first is above their mean.
    #expect(
      abs(onlineContrastive(first, second, labels: Tensor([1, 1] as [Float])).scalar - 1) < 1e-6)
  }
}
