import ApusFiles

/// Reads the rows of steps, named `Sequence`, of a `tokenizer.json`.
enum StepRow {
  /// Longer rows are refused, as each step passes over the whole text.
  static let longest = 64

  /// The members of a row.
  ///
  /// - Parameters:
  ///   - field: The row.
  ///   - key: Its member with the steps, and that of rows within it.
  /// - Returns: The steps, some of them rows themselves.
  /// - Throws: `InputError` for more steps than `longest`, those of rows within counted too.
  static func members(of field: JSONField, _ key: String) throws -> [JSONField] {
    guard count(of: field.value, key) <= longest else {
      throw field[key].error(
        expected: "at most \(longest) steps, those of inner sequences included,")
    }
    return try field[key].array()
  }

  /// The number of steps below a step; rows are steps too, so that empty ones count.
  private static func count(of step: JSONValue, _ key: String) -> Int {
    guard case .object(let members) = step,
      case .array(let inner) = members.first(where: { $0.key == key })?.value
    else { return 0 }
    return inner.reduce(0) { $0 + 1 + count(of: $1, key) }
  }
}
