import ApusFiles

/// Which columns of a table are the label and the text.
struct LabelledColumns {
  let label, text: String

  /// Customary names, of which the first that a table has is taken.
  static let labelNames = [
    "label", "labels", "gold_label", "class", "category", "target", "sentiment", "intent", "author",
  ]
  static let textNames = ["text", "sentence", "review", "document", "question", "query", "title"]

  /// Whether nobody would have thought of other columns.
  var areUsual: Bool {
    label.lowercased() == Self.labelNames[0]
      && Self.textNames.prefix(2).contains(text.lowercased())
  }

  /// The columns of customary names, in whatever case; nil where one has none.
  init?(of names: [String], _ layout: LabelledLayout = LabelledLayout()) {
    guard let label = Self.label(in: names, layout), let text = Self.text(in: names, layout) else {
      return nil
    }
    (self.label, self.text) = (label, text)
  }

  /// The columns of a table.
  ///
  /// - Parameters:
  ///   - names: Those that a first line has; nil for columns without names.
  ///   - layout: Which are asked for.
  ///   - file: The table, for errors.
  ///   - row: Where the names stand.
  /// - Throws: `InputError` with the names, if text or label is not among them.
  init(named names: [String]?, _ layout: LabelledLayout, file: String, row: Int) throws {
    if let columns = LabelledColumns(of: names ?? [], layout) {
      self = columns
      return
    }
    guard let names else {
      guard layout.columns.isEmpty else {
        throw InputError(
          file: file, row: row,
          expected: "--text-column and --label-column, as no first line names the columns",
          found: "one of them")
      }
      (label, text) = ("1", "2")
      return
    }
    throw Self.failure(names, layout, file: file, row: row)
  }

  /// Says which columns there are where the text or the label is not among them.
  static func failure(
    _ names: [String], _ layout: LabelledLayout, file: String, row: Int
  ) -> InputError {
    let expected = [
      text(in: names, layout) == nil ? "a column \(textNames[0]) (or --text-column)" : nil,
      label(in: names, layout) == nil ? "a column \(labelNames[0]) (or --label-column)" : nil,
    ]
    return InputError(
      file: file, row: row, expected: expected.compactMap(\.self).joined(separator: " and "),
      found: names.joined(separator: ", "))
  }

  /// The column of labels: the one asked for, or else of a customary name; nil where there is none.
  static func label(in names: [String], _ layout: LabelledLayout) -> String? {
    layout.labelColumn ?? column(labelNames, in: names)
  }

  /// The column of texts, likewise.
  static func text(in names: [String], _ layout: LabelledLayout) -> String? {
    layout.textColumn ?? column(textNames, in: names)
  }

  private static func column(_ wanted: [String], in names: [String]) -> String? {
    wanted.lazy.compactMap { name in names.first { $0.lowercased() == name } }.first
  }
}
