import ApusFiles

/// A row of a table, whose columns are asked for by name or by number from 1.
public struct TableRow: Sendable {
  enum Cells: Sendable {
    case fields([String])
    case object(JSONValue)
  }

  /// The line of the file that the row begins on, from 1.
  public let row: Int
  let columns: TableColumns
  let cells: Cells

  /// The file, for errors about the row.
  public var file: String { columns.file }

  /// The number of columns, or of the keys of an object.
  public var count: Int {
    switch cells {
    case .fields(let fields): fields.count
    case .object(let object): object.keys.count
    }
  }

  /// The keys of an object; none of a row of columns.
  public var keys: [String] {
    guard case .object(let object) = cells else { return [] }
    return object.keys
  }

  /// Whether no column holds anything.
  var isEmpty: Bool {
    guard case .fields(let fields) = cells else { return count == 0 }
    return fields.allSatisfy { $0.allSatisfy(\.isWhitespace) }
  }

  /// What stands in the columns; of an object nothing.
  var cellTexts: [String] {
    guard case .fields(let fields) = cells else { return [] }
    return fields
  }

  /// Whether the row reads like a header.
  var hasCustomaryNames: Bool { TableLayout.isHeader(cellTexts) }

  /// The number of columns and the beginning of the row, for errors.
  var summary: String {
    guard case .fields(let fields) = cells else { return "an object of \(count)" }
    return "\(fields.count): \"\(fields.joined(separator: " | ").prefix(60))\""
  }

  /// A text, which is not empty; a number or truth value of JSON as it is written there.
  ///
  /// - Throws: `InputError` naming the row and the column, with the nearest name there is.
  public func text(_ column: String) throws -> String {
    let cell = try present(column)
    guard let text = cell.text else { throw failure("a text", in: column, found: cell.summary) }
    guard text.contains(where: { !$0.isWhitespace }) else {
      throw failure("a text", in: column, found: "an empty one")
    }
    return text
  }

  /// A text as it stands, which may be empty; of JSON a string alone.
  ///
  /// - Throws: `InputError` naming the row and the column, with the nearest name there is.
  public func string(_ column: String) throws -> String {
    switch try present(column) {
    case .field(let text), .value(.string(let text)): return text
    case .value: throw failure("a string", in: column)
    }
  }

  /// A text, which is not empty; of JSON a string alone, as a number is no text to learn from.
  ///
  /// - Throws: `InputError` naming the row and the column, with the columns there are.
  public func nonEmptyString(_ column: String) throws -> String {
    let string = try string(column)
    guard string.contains(where: { !$0.isWhitespace }) else {
      throw failure("a text", in: column, found: "an empty one")
    }
    return string
  }

  /// A text, or nil where the column is missing, empty or null.
  ///
  /// - Throws: `InputError` for an array or object of JSON.
  public func optionalText(_ column: String) throws -> String? {
    guard let cell = cell(column) else { return nil }
    if case .value(.null) = cell { return nil }
    guard let text = cell.text else { throw failure("a text", in: column, found: cell.summary) }
    return text.contains { !$0.isWhitespace } ? text : nil
  }

  /// A finite number.
  ///
  /// - Throws: `InputError` naming the row, the column and what stands there, such as `nan`.
  public func number(_ column: String) throws -> Double {
    let cell = try present(column)
    guard let number = cell.number, number.isFinite else {
      throw failure("a finite number", in: column, found: cell.summary)
    }
    return number
  }

  /// Several texts: an array of JSON, or a text cut at a separator; nil or an empty one gives none.
  ///
  /// - Parameters:
  ///   - column: The name or number.
  ///   - separator: What stands between texts in one cell; nil takes a cell as one text.
  /// - Returns: The texts; those cut at a separator without blanks around them.
  /// - Throws: `InputError` for what holds no texts.
  public func texts(_ column: String, separator: Character? = nil) throws -> [String] {
    let cell = try present(column)
    if case .value(.array(let elements)) = cell {
      return try elements.enumerated().map { index, element in
        guard let text = Cell.value(element).text else {
          throw failure(
            "texts", in: column, found: "\(Cell.value(element).summary) as number \(index + 1)")
        }
        return text
      }
    }
    if case .value(.null) = cell { return [] }
    guard let text = cell.text else {
      throw failure("an array of texts", in: column, found: cell.summary)
    }
    guard let separator else { return text.isEmpty ? [] : [text] }
    return text.split(separator: separator).map { $0.trimmed }
  }

  /// A value of JSON: that of a key, or what a cell says that begins as an array or object does; nil
  /// where the column is missing, empty or null.
  ///
  /// - Throws: `InputError` for a cell that ends before its array or object.
  func json(_ column: String) throws -> JSONField? {
    guard let cell = cell(column) else { return nil }
    switch cell {
    case .value(.null): return nil
    case .value(.string(let text)) where text.allSatisfy(\.isWhitespace): return nil
    case .value(let value): return JSONField(value, file: file, path: column)
    case .field(var text):
      guard text.contains(where: { !$0.isWhitespace }) else { return nil }
      guard ["{\"", "[{", "[]"].contains(where: text.hasPrefix) else {
        return JSONField(.string(text), file: file, path: column)
      }
      do {
        return JSONField(
          try text.withUTF8 { try JSONValue(parsing: $0, file: file) }, file: file, path: column)
      } catch var error as InputError {
        error.row = row
        throw error
      }
    }
  }

  /// An error about a column of this row.
  ///
  /// - Parameters:
  ///   - expected: What would have been accepted.
  ///   - column: The name or number.
  ///   - found: What is there; nil quotes the cell.
  /// - Returns: The error, for the caller to throw.
  public func failure(_ expected: String, in column: String, found: String? = nil) -> InputError {
    InputError(
      file: columns.file, row: row, expected: "\(expected) in column \"\(column)\"",
      found: found ?? cell(column)?.summary ?? "none")
  }

  /// Checks that there is a column, whatever it holds.
  ///
  /// - Throws: `InputError` naming the columns there are.
  func requireColumn(_ column: String) throws { _ = try present(column) }

  private func present(_ column: String) throws -> Cell {
    if let cell = cell(column) { return cell }
    switch cells {
    case .object(let object):
      throw InputError(missing: column, of: object.keys, file: columns.file, row: row)
    case .fields(let fields):
      guard columns.place(of: column) == nil else {
        throw failure("a value", in: column, found: "a row of \(fields.count)")
      }
      throw columns.missing(column, row: row)
    }
  }

  private func cell(_ column: String) -> Cell? {
    switch cells {
    case .fields(let fields):
      guard let place = columns.place(of: column, amongst: fields.count), place < fields.count
      else { return nil }
      return .field(fields[place])
    case .object(let object): return object.member(column).map(Cell.value)
    }
  }
}

/// What stands in a column of a row.
private enum Cell {
  case field(String)
  case value(JSONValue)

  /// Nil for what is no single value.
  var text: String? {
    switch self {
    case .field(let text), .value(.string(let text)): text
    case .value(.integer(let value)): String(value)
    case .value(.number(let value)): "\(value)"
    case .value(.bool(let value)): "\(value)"
    case .value: nil
    }
  }

  var number: Double? {
    switch self {
    case .value(.integer(let value)): Double(value)
    case .value(.number(let value)): value
    case .field(let text), .value(.string(let text)): Self.decimal(text)
    case .value: nil
    }
  }

  /// The number that a text is but for blanks around it; hexadecimal ones are none.
  private static func decimal(_ text: String) -> Double? {
    let digits = text.trimmed
    return digits.contains { "xX".contains($0) } ? nil : Double(digits)
  }

  var summary: String {
    switch self {
    case .field(let text): text.isEmpty ? "an empty one" : "\"\(text.prefix(60))\""
    case .value(let value): JSONField(value, file: "").summary
    }
  }
}

extension StringProtocol {
  /// The text without blanks around it.
  fileprivate var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}

extension JSONValue {
  fileprivate var keys: [String] {
    guard case .object(let members) = self else { return [] }
    return members.map(\.key)
  }

  /// The value at a key, or at keys with dots between them, of objects inside one another.
  fileprivate func member(_ path: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    if let member = members.first(where: { $0.key == path }) { return member.value }
    return members.lazy.compactMap { key, value in
      path.hasPrefix("\(key).") ? value.member(String(path.dropFirst(key.count + 1))) : nil
    }.first
  }
}
