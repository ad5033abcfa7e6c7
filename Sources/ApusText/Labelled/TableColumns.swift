import ApusFiles

/// The columns that the rows of a table share.
final class TableColumns: Sendable {
  let file: String
  /// Nil for columns that only have numbers, and for objects, each of which has its own.
  let names: [String]?
  /// Of the first line; nil for objects.
  let count: Int?
  private let places: [String: Int]

  /// - Throws: `InputError` for a name that is empty or stands twice.
  init(file: String, names: [String]?, count: Int?, row: Int? = nil) throws {
    self.file = file
    self.names = names
    self.count = count
    var places: [String: Int] = [:]
    for (place, name) in (names ?? []).enumerated() {
      guard !name.allSatisfy(\.isWhitespace) else {
        throw InputError(
          file: file, row: row, expected: "a name for column \(place + 1)", found: "none")
      }
      if let earlier = places.updateValue(place, forKey: name) {
        throw InputError(
          file: file, row: row, expected: "columns of different names",
          found: "\"\(name)\" for columns \(earlier + 1) and \(place + 1)")
      }
    }
    self.places = places
  }

  /// The place of a column from 0: of that name, or else of that number from 1.
  ///
  /// - Parameters:
  ///   - column: The name or number.
  ///   - fieldCount: The columns of a row that may have more than the first line.
  /// - Returns: The place; nil for a column that there is not.
  func place(of column: String, amongst fieldCount: Int = 0) -> Int? {
    if let place = places[column] { return place }
    guard let number = Int(column), let count, 1...max(1, count, fieldCount) ~= number
    else { return nil }
    return number - 1
  }

  /// Says which columns there are instead of one that is not.
  func missing(_ column: String, row: Int?) -> InputError {
    let found: String
    if let names {
      let nearest = nearestName(to: column, in: names).map { " (did you mean \($0)?)" } ?? ""
      found = "\(names.joined(separator: ", "))\(nearest)"
    } else {
      found = "\(count ?? 0) column\(count == 1 ? "" : "s") without names"
    }
    return InputError(file: file, row: row, expected: "a column \"\(column)\"", found: found)
  }
}
