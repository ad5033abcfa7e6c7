import ApusTensors

/// Looks for the small change of word vectors that changes answers most, and asks for answers that stay.
///
/// The table of words is changed, so that all places of a word change alike.
///
/// - Source: Jiang et al. 2020, "SMART: Robust and Efficient Fine-Tuning for Pre-trained Natural Language
///   Models through Principled Regularized Optimization", §3.1 and algorithm 1; its second part is
///   `SlowModel`.
struct Smoothness {
  let weight: Float
  let stepCount: Int
  let step: Float
  let bound: Float

  /// What a recipe asks for; nil if it does not.
  init?(_ recipe: AdaptationRecipe) {
    guard let weight = recipe.smoothness else { return nil }
    self.weight = Float(weight)
    stepCount = recipe.smoothnessSteps
    step = Float(recipe.smoothnessStep)
    bound = Float(recipe.smoothnessBound)
  }

  /// How far answers change, times the weight.
  ///
  /// - Parameters:
  ///   - table: The word vectors, whose gradients are not frozen; as it was when this returns.
  ///   - start: Where the search for the worst change begins.
  ///   - parameters: Those of the model.
  ///   - given: What the model says as it is.
  ///   - answers: What it says of the same as the table is moved.
  /// - Returns: A scalar; nil for what can't be compared.
  func loss(
    moving table: Parameter, from start: VectorChange, _ parameters: [Parameter],
    given: SmoothAnswers, _ answers: () -> SmoothAnswers?
  ) -> Tensor? {
    var change = start
    change.clamp(to: bound)
    defer { table.reparametrization = nil }
    do {
      // Only the slope of the table is asked for here.
      let others = parameters.filter { $0 !== table && !$0.isFrozen }
      for parameter in others { parameter.isFrozen = true }
      defer { for parameter in others { parameter.isFrozen = false } }
      for _ in 0..<stepCount {
        table.reparametrization = change.displacement(of: table.shape)
        guard let moved = answers() else { return nil }
        let distance = given.distance(to: moved, isLearning: false)
        guard let slope = distance.gradients(of: [table])[table] else { break }
        change.climb(slope, by: step)
        change.clamp(to: bound)
      }
    }
    table.reparametrization = change.displacement(of: table.shape)
    guard let moved = answers() else { return nil }
    return given.distance(to: moved, isLearning: true) * weight
  }
}

/// What is added to some rows of a table.
struct VectorChange {
  /// The numbers of the rows.
  private let rows: [Int]
  private let width: Int
  /// Those of each row, one behind the other.
  private(set) var values: [Float]

  /// - Parameters:
  ///   - rows: The numbers of the rows.
  ///   - values: Those of each row, one behind the other.
  init(rows: [Int], values: [Float]) {
    precondition(
      rows.isEmpty ? values.isEmpty : values.count % rows.count == 0,
      "VectorChange: expected values for \(rows.count) rows, got \(values.count)")
    self.rows = rows
    self.values = values
    width = rows.isEmpty ? 0 : values.count / rows.count
  }

  /// A normal change of the rows that a gradient is not zero in: those that a batch has read.
  init(ofRowsIn slope: Tensor, drawnBy key: RandomKey, deviation: Float) {
    let width = slope.columnCount
    let rows = slope.withElements(as: Float.self) { values in
      (0..<slope.rowCount).filter { row in
        values[row * width..<(row + 1) * width].contains { $0 != 0 }
      }
    }
    let drawn = Tensor.normal([rows.count, width], standardDeviation: deviation, key)
    self.init(rows: rows, values: drawn.floatElements)
  }

  /// A step up a slope, in which the greatest change of each row has the given length.
  mutating func climb(_ slope: Tensor, by step: Float) {
    slope.withElements(as: Float.self) { slopes in
      for (index, row) in rows.enumerated() {
        let slope = slopes[row * width..<(row + 1) * width]
        let greatest = slope.reduce(0) { max($0, abs($1)) }
        guard greatest > 0, greatest.isFinite else { continue }
        for (column, value) in slope.enumerated() {
          values[index * width + column] += step * value / greatest
        }
      }
    }
  }

  /// Keeps each value within a bound.
  mutating func clamp(to bound: Float) { values = values.map { min(max($0, -bound), bound) } }

  /// The change as it is added to a whole table.
  func displacement(of shape: [Int]) -> Displacement {
    var table = Tensor.zeros(shape)
    table.mutate(as: Float.self) { elements in
      for (index, row) in rows.enumerated() {
        for column in 0..<width {
          elements[row * width + column] = values[index * width + column]
        }
      }
    }
    return Displacement(by: table)
  }
}
