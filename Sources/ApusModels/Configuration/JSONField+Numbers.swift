import ApusFiles

extension JSONField {
  /// A share of what may be dropped.
  func share() throws -> Float {
    guard let share = number, 0..<1 ~= share else {
      throw error(expected: "a number of 0 or more and below 1")
    }
    return Float(share)
  }

  /// A finite number above 0.
  func positiveNumber() throws -> Float {
    guard let number, number > 0, Float(number).isFinite else {
      throw error(expected: "a number above 0")
    }
    return Float(number)
  }

  private var number: Double? {
    switch value {
    case .number(let number): number
    case .integer(let number): Double(number)
    default: nil
    }
  }
}
