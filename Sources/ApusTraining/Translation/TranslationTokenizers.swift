import ApusFiles
import ApusModels
import ApusText

/// The tokenizers of a translator: of what it reads and of what it writes.
public struct TranslationTokenizers: Sendable {
  public let source, target: Tokenizer
  /// The token that a target is begun with, and the one that ends source and target.
  public let start, end: Int32

  private static let (startToken, endToken) = ("<s>", "</s>")
  private static let (sourceName, targetName) = ("source_tokenizer.json", "target_tokenizer.json")

  /// Joins tokenizers.
  ///
  /// - Throws: `InputError` for ones without the tokens for start and end, or with different ones.
  public init(source: Tokenizer, target: Tokenizer) throws(InputError) {
    guard let start = target.id(of: Self.startToken), let end = target.id(of: Self.endToken),
      source.id(of: Self.endToken) == end
    else {
      throw InputError(
        expected: "tokenizers with \(Self.startToken) and \(Self.endToken) of the same ids",
        found: "others")
    }
    self.source = source
    self.target = target
    self.start = start
    self.end = end
  }

  /// Reads those of a model directory.
  public init(of directory: String) throws {
    try self.init(
      source: Tokenizer(contentsOf: "\(directory)/\(Self.sourceName)"),
      target: Tokenizer(contentsOf: "\(directory)/\(Self.targetName)"))
  }

  /// Trains those that a recipe asks for.
  ///
  /// - Throws: What reading and training throw.
  init(trainingFor recipe: Recipe, _ model: TranslationRecipe, source: String, target: String)
    throws
  {
    func trained(_ tokenizer: TokenizerRecipe, on paths: [String]) throws -> Tokenizer {
      var trainer = tokenizer.trainer
      trainer.specialTokens = ["<unk>", Self.startToken, Self.endToken]
      return try trainer.train(on: try Corpus(paths, documents: .lines)).tokenizer
    }
    if model.sharesVocabulary {
      let both = try trained(recipe.tokenizer, on: [source, target])
      try self.init(source: both, target: both)
    } else {
      try self.init(
        source: trained(recipe.tokenizer, on: [source]),
        target: trained(recipe.targetTokenizer ?? recipe.tokenizer, on: [target]))
    }
  }

  /// Writes them into a model directory.
  public func save(to directory: String) throws {
    try source.save(to: "\(directory)/\(Self.sourceName)")
    try target.save(to: "\(directory)/\(Self.targetName)")
  }

  static func exist(in directory: RunDirectory) -> Bool {
    [sourceName, targetName].allSatisfy { directory.exists("\(directory.path)/\($0)") }
  }

  /// The ids of a source, with its end.
  public func encodeSource(_ text: String) -> [Int32] { ids(of: text, source) + [end] }

  /// The ids of a target, without start and end.
  public func encodeTarget(_ text: String) -> [Int32] { ids(of: text, target) }

  public func decodeTarget(_ ids: [Int32]) -> String { target.decode(ids) }

  private func ids(of text: String, _ tokenizer: Tokenizer) -> [Int32] {
    var (text, ids): (String, [Int32]) = (text, [])
    text.withUTF8 { tokenizer.encode($0, into: &ids) }
    return ids
  }
}
