import ApusFiles

/// A text and what may follow or answer it.
public struct MultipleChoice: Sendable, Hashable {
  /// The line of the file, from 1.
  public var row: Int
  public var context: String
  public var choices: [String]
  /// The place of the right choice from 0; nil where the file does not tell.
  public var answer: Int?

  /// Which columns hold what.
  public struct Columns: Sendable {
    public var context: String
    /// One column with an array, or a column for each choice, as `ending0` to `ending3` in SWAG.
    public var choices: [String]
    /// The place of the right choice from 0, its letter from A, or its text; nil for none.
    public var answer: String?

    public init(
      context: String = "context", choices: [String] = ["choices"], answer: String? = "label"
    ) {
      self.context = context
      self.choices = choices
      self.answer = answer
    }
  }

  /// Reads a row.
  ///
  /// - Throws: `InputError` for fewer than two choices, an empty one, or an answer that is none.
  public init(_ row: TableRow, _ columns: Columns = Columns()) throws {
    self.row = row.row
    context = try row.text(columns.context)
    let choices =
      columns.choices.count == 1
      ? try row.texts(columns.choices[0]) : try columns.choices.map { try row.text($0) }
    guard choices.count > 1 else {
      throw row.failure(
        "two choices or more", in: columns.choices.joined(separator: ", "),
        found: "\(choices.count)")
    }
    if let empty = choices.firstIndex(where: { $0.allSatisfy(\.isWhitespace) }) {
      throw row.failure(
        "texts", in: columns.choices.joined(separator: ", "),
        found: "an empty one as choice \(empty)")
    }
    self.choices = choices
    guard let column = columns.answer, let label = try row.optionalText(column) else { return }
    let letter = label.utf8.count == 1 ? label.utf8.first.map { Int($0) - 65 } : nil
    let place = choices.firstIndex(of: label) ?? Int(label) ?? letter
    guard let place, choices.indices.contains(place) else {
      throw row.failure(
        "a number from 0 to \(choices.count - 1), a letter from A, or a choice", in: column)
    }
    answer = place
  }
}
