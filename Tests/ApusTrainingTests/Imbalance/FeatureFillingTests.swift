import ApusTensors
import Testing

@testable import ApusTraining

@Suite struct FeatureFillingTests {
  private let width = 3
  /// 40 points of class 0 around the origin, 6 of class 1 around (10, 0, 0), one of class 2.
  private var labels: [Int] { (0..<47).map { $0 < 40 ? 0 : $0 < 46 ? 1 : 2 } }
  private var points: [[Float]] {
    var random = RandomStream(RandomKey(seed: 5, name: "points"))
    return labels.map { label in
      (0..<width).map { Float(random.normal()) + ($0 == 0 ? Float(10 * label) : 0) }
    }
  }
  private var features: Tensor { Tensor(points.flatMap { $0 }, [47, width]) }

  private func recipe(_ filling: ImbalanceRecipe.Filling) -> ImbalanceRecipe {
    var recipe = ImbalanceRecipe()
    recipe.retrainingEpochs = 30
    recipe.retrainingRate = 0.1
    recipe.filling = filling
    recipe.neighbours = 2
    return recipe
  }

  private func distance(_ a: [Float], _ b: [Float]) -> Float {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }

  @Test func neighboursAreThoseOfBruteForce() {
    let points = points
    let found = nearestRows(of: features, count: 4)
    for (row, found) in found.enumerated() {
      let expected = points.indices.filter { $0 != row }.sorted {
        distance(points[row], points[$0]) < distance(points[row], points[$1])
      }
      #expect(found == Array(expected.prefix(4)))
    }
    #expect(nearestRows(of: Tensor([1, 2] as [Float], [1, 2]), count: 4) == [[]])
  }

  /// Each made point is between an example and one of its two nearest of the class.
  @Test func smoteStaysBetweenNeighbours() {
    let points = points
    let filling = FeatureFilling(recipe(.smote), features, labels: labels, classCount: 3)
    var random = RandomStream(RandomKey(seed: 1, name: "test"))
    let members = Array(40..<46)
    let nearest = nearestRows(of: Tensor(points[40..<46].flatMap { $0 }, [6, width]), count: 2)
    var madeCount = 0
    for _ in 0..<50 {
      for example in members {
        let made = filling.features(of: [example], &random).floatElements
        guard made != points[example] else { continue }
        madeCount += 1
        let isBetween = nearest[example - 40].contains { neighbour in
          let (start, end) = (points[example], points[members[neighbour]])
          let way = (distance(made, start) / distance(end, start)).squareRoot()
          return way < 1
            && zip(made, zip(start, end)).allSatisfy {
              abs($0 - ($1.0 + way * ($1.1 - $1.0))) < 1e-4
            }
        }
        #expect(isBetween)
      }
    }
    // 34 of the 40 that the largest class has are made, 255 of these 300.
    #expect(215...290 ~= madeCount)
  }

  @Test func theLargestClassAndLoneExamplesStayAsTheyAre() {
    let points = points
    var random = RandomStream(RandomKey(seed: 1, name: "test"))
    for filling in ImbalanceRecipe.Filling.allCases {
      let filling = FeatureFilling(recipe(filling), features, labels: labels, classCount: 3)
      let found = filling.features(of: [0, 7, 46], &random).floatElements
      #expect(found == points[0] + points[7] + points[46])
    }
  }

  @Test(arguments: ImbalanceRecipe.Filling.allCases)
  func learnsTheClasses(_ filling: ImbalanceRecipe.Filling) {
    var retraining = ClassifierRetraining(recipe(filling))
    retraining.batchSize = 12
    retraining.seed = 3
    let (weight, bias) = retraining.classifier(features, labels: labels, classCount: 3)
    let told = linear(features, weight, bias).argmax(axis: 1).elements(as: Int32.self)
    #expect(told.map(Int.init) == labels)
    let again = retraining.classifier(features, labels: labels, classCount: 3)
    #expect(again.weight.floatElements == weight.floatElements)
    retraining.maxNorm = 0.5
    let bounded = retraining.classifier(features, labels: labels, classCount: 3).weight
    #expect(bounded.square().sum(axis: 1).floatElements.allSatisfy { $0 <= 0.2501 })
  }
}
