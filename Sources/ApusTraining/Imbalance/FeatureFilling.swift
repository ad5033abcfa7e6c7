import ApusTensors

/// Fills the smaller classes up with features that are like those of their examples.
struct FeatureFilling: Sendable {
  private let filling: ImbalanceRecipe.Filling
  private let width: Int
  private let values: [Float]
  private let labels: [Int]
  /// The share of a class's drawn examples that stand beside those it has.
  private let shares: [Double]
  /// Of each example, the nearest of its class; of classes that are filled up by SMOTE alone.
  private let neighbours: [[Int]]
  /// Of each class, what the noise of each feature is multiplied with.
  private let deviations: [[Float]]

  /// - Parameters:
  ///   - recipe: How classes are filled up.
  ///   - features: [N, C], Float32.
  ///   - labels: The class of each row.
  ///   - classCount: The number of classes.
  init(_ recipe: ImbalanceRecipe, _ features: Tensor, labels: [Int], classCount: Int) {
    let balance = ClassBalance(labels: labels, classCount: classCount)
    let largest = Double(balance.largestCount)
    filling = recipe.filling
    width = features.columnCount
    values = features.floatElements
    self.labels = labels
    shares = balance.counts.map { $0 == 0 ? 0 : 1 - Double($0) / largest }
    var neighbours = Array(repeating: [Int](), count: labels.count)
    var deviations: [[Float]] = []
    for label in 0..<classCount {
      let members = labels.indices.filter { labels[$0] == label }
      switch recipe.filling {
      case .none: break
      case .smote where shares[label] > 0:
        let nearest = nearestRows(
          of: features.gathered(members.map { Int32($0) }), count: recipe.neighbours)
        for (row, nearest) in nearest.enumerated() {
          neighbours[members[row]] = nearest.map { members[$0] }
        }
      case .smote: break
      case .noise:
        let rows = features.gathered(members.map { Int32($0) })
        deviations.append(
          members.isEmpty
            ? []
            : rows.variance(axis: 0).squareRoot().floatElements.map { $0 * Float(recipe.noise) })
      }
    }
    self.neighbours = neighbours
    self.deviations = deviations
  }

  /// The features of drawn examples, some of them made instead of taken.
  ///
  /// - Shapes: B examples → [B, C]
  func features(of examples: [Int], _ random: inout RandomStream) -> Tensor {
    var result: [Float] = []
    result.reserveCapacity(examples.count * width)
    for example in examples {
      let row = values[example * width..<(example + 1) * width]
      let isMade = random.uniform() < shares[labels[example]]
      switch filling {
      case .smote where isMade && !neighbours[example].isEmpty:
        let neighbour = neighbours[example][random.below(neighbours[example].count)]
        let way = Float(random.uniform())
        result += zip(row, values[neighbour * width..<(neighbour + 1) * width]).map {
          $0 + way * ($1 - $0)
        }
      case .noise where isMade:
        result += zip(row, deviations[labels[example]]).map { $0 + $1 * Float(random.normal()) }
      case .none, .smote, .noise: result += row
      }
    }
    return Tensor(result, [examples.count, width])
  }
}

/// The numbers of the rows that are nearest to each row, by Euclidean distance, without itself.
///
/// - Shapes: [N, C] → N lists of at most `count`
func nearestRows(of rows: Tensor, count: Int) -> [[Int]] {
  // x·y − |y|²/2 is greatest where |x − y|² is least.
  let ones = Tensor.ones([rows.rowCount, 1])
  let halves = rows.square().sum(axis: 1, keepsAxis: true) * -0.5
  let near = ApusTensors.nearestRows(
    to: concatenated([rows, ones], axis: 1), amongst: concatenated([rows, halves], axis: 1),
    count: count + 1)
  return near.enumerated().map { own, near in
    Array(near.map(\.row).filter { $0 != own }.prefix(count))
  }
}
