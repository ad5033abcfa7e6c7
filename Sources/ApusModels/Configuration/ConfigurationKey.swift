import ApusFiles
import ApusLayers
import ApusTensors

/// Reading values of a `config.json` by key, each with what stands for an absent one.
extension JSONField {
  /// A count; sizes beyond the limit belong to no model that this machine could hold.
  func count(_ key: String, default absent: Int?, limit: Int) throws -> Int {
    let field = self[key]
    if field.isNull, let absent { return absent }
    return try field.integer(in: 1...limit)
  }

  /// A token id, or nil; of a list of ids, the first.
  func optionalID(_ key: String, below limit: Int) throws -> Int? {
    try ids(key, below: limit).first
  }

  /// The ids of a list, or one or none.
  func ids(_ key: String, below limit: Int) throws -> [Int] {
    let field = self[key]
    if field.isNull { return [] }
    guard case .array = field.value else { return [try field.integer(in: 0...limit - 1)] }
    return try field.array().map { try $0.integer(in: 0...limit - 1) }
  }

  func number(_ key: String, default absent: Float, in range: ClosedRange<Float>) throws -> Float {
    let field = self[key]
    let number: Float
    switch field.value {
    case .null: return absent
    case .integer(let value): number = Float(value)
    case .number(let value): number = Float(value)
    default: throw field.error(expected: "a number")
    }
    guard range.contains(number) else {
      throw field.error(expected: "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, default absent: Choice
  ) throws -> Choice where Choice.RawValue == String {
    let field = self[key]
    if field.isNull { return absent }
    guard case .string(let name) = field.value, let choice = Choice(rawValue: name) else {
      let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw field.error(expected: "one of \(names)")
    }
    return choice
  }

  /// Refuses a switch of the reference architecture that Apus does not have.
  func require(_ key: String, toBe expected: Bool) throws {
    let field = self[key]
    guard try field.bool(default: expected) == expected else {
      throw field.error(expected: "\(expected)")
    }
  }
}

/// The limits of what a configuration may ask for.
enum ConfigurationLimit {
  static let vocabulary = 1 << 24
  static let size = 1 << 16
  static let layers = 1 << 10
  static let positions = 1 << 20
  static let dropout: ClosedRange<Float> = 0...0.99
  static let epsilon: ClosedRange<Float> = 1e-15...1
  static let deviation: ClosedRange<Float> = 0...10
}

/// The keys that Apus adds to the reference configurations, written only where a model departs
/// from what they can say.
enum ConfigurationKey {
  static let positions = "apus_positions"
  static let normPlacement = "apus_norm_placement"
}

extension JSONValue {
  /// A Float by its shortest decimal, so that 0.1 is written as 0.1.
  public static func decimal(_ value: Float) -> JSONValue {
    .number(Double("\(value)") ?? Double(value))
  }
}
