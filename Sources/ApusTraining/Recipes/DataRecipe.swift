/// How text is cut into documents and what of it is kept for validation.
public struct DataRecipe: Equatable, Sendable {
  /// What makes a document.
  public enum Documents: String, CaseIterable, Sendable {
    /// Chosen from the kind of each file.
    case automatic
    /// Each file is one.
    case files
    /// Each line is one.
    case lines
    /// Blank lines stand between them.
    case blankLines = "blank-lines"
  }

  public var documents = Documents.automatic
  /// The share of the documents, or of the text of a single one, kept for validation.
  public var validationFraction = 0.05
  /// Whether each document ends with the end-of-text token.
  public var endOfText = true

  public init() {}
}

extension DataRecipe: RecipeSection {
  static let fields: [RecipeField<DataRecipe>] = [
    .choice("documents", \.documents),
    .number("validationFraction", \.validationFraction, 0...0.9),
    .flag("endOfText", \.endOfText),
  ]
}
