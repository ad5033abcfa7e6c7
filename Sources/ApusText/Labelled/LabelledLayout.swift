/// How a file holds labelled texts.
public struct LabelledLayout: Sendable, Equatable {
  public var format: LabelledFormat
  /// The columns of a table, by name or by number from 1; nil for the one of a customary name.
  public var textColumn, labelColumn: String?
  /// What the bytes of lines mean.
  public var encoding: TextEncoding

  public init(
    format: LabelledFormat = .automatic, textColumn: String? = nil, labelColumn: String? = nil,
    encoding: TextEncoding = .repaired
  ) {
    self.format = format
    self.textColumn = textColumn
    self.labelColumn = labelColumn
    self.encoding = encoding
  }

  /// The columns that are asked for.
  var columns: [String] { [textColumn, labelColumn].compactMap(\.self) }
}
