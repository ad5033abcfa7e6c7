import ApusFiles
import ApusModels
import ApusText
import Foundation

/// A source, and what of it can be copied.
public struct CopiedSource: Sendable, Hashable {
  /// With its end.
  public let ids: [Int32]
  /// What each token is as a target; those that the target's vocabulary lacks are numbered behind it.
  public let copies: [Int32]
  /// The tokens behind the target's vocabulary.
  public let words: [String]

  public init(ids: [Int32], copies: [Int32], words: [String]) {
    self.ids = ids
    self.copies = copies
    self.words = words
  }
}

/// The tokenizers of a translator: of what it reads and of what it writes.
public struct TranslationTokenizers: Sendable {
  public let source, target: Tokenizer
  /// The token that a target is begun with, and the one that ends source and target.
  public let start, end: Int32
  /// The token that stands for what a vocabulary does not have.
  public let unknown: Int32

  private static let (startToken, endToken, unknownToken) = ("<s>", "</s>", "<unk>")
  private static let (sourceName, targetName) = ("source_tokenizer.json", "target_tokenizer.json")

  /// Joins tokenizers.
  ///
  /// - Throws: `InputError` for ones without the tokens for start, end and what is unknown, or with
  ///   different ones.
  public init(source: Tokenizer, target: Tokenizer) throws(InputError) {
    let tokens = [Self.startToken, Self.endToken, Self.unknownToken]
    let ids = tokens.compactMap(target.id(of:))
    guard ids.count == tokens.count, tokens.compactMap(source.id(of:)) == ids else {
      throw InputError(
        expected: "tokenizers with \(tokens.joined(separator: ", ")) of the same ids",
        found: "others")
    }
    self.source = source
    self.target = target
    (start, end, unknown) = (ids[0], ids[1], ids[2])
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
      trainer.specialTokens = [Self.unknownToken, Self.startToken, Self.endToken]
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

  /// The text of a target; what is unknown stays visible in it, since it is no right answer.
  public func decodeTarget(_ ids: [Int32]) -> String {
    target.decode(ids.filter { !isBoundary($0) }, skippingSpecialTokens: false)
  }

  /// A source as a model reads it that copies.
  public func encodeForCopying(_ text: String) -> CopiedSource {
    let (ids, pieces) = pieces(of: text, source)
    var words: [String] = []
    let copies = pieces.map { piece in
      if let id = target.id(of: piece), id != unknown, !isBoundary(id) { return id }
      let number = words.firstIndex(of: piece) ?? words.count
      if number == words.count { words.append(piece) }
      return Int32(target.vocabularySize + number)
    }
    return CopiedSource(ids: ids + [end], copies: copies + [end], words: words)
  }

  /// The ids of a target; what its vocabulary does not have and a source has is numbered as there.
  public func encodeTarget(_ text: String, copying words: [String]) -> [Int32] {
    let (ids, pieces) = pieces(of: text, target)
    return zip(ids, pieces).map { id, piece in
      guard id == unknown, let number = words.firstIndex(of: piece) else { return id }
      return Int32(target.vocabularySize + number)
    }
  }

  /// The text of a target some of whose tokens were copied from a source with these words.
  public func decodeTarget(_ ids: [Int32], copying words: [String]) -> String {
    // Each copied word stands where its unknown token would.
    var spellings: [String] = []
    let known = ids.map { id in
      let number = Int(id) - target.vocabularySize
      guard number >= 0 || id == unknown else { return id }
      spellings.append(words.indices.contains(number) ? words[number] : Self.unknownToken)
      return unknown
    }
    let parts = decodeTarget(known).components(separatedBy: Self.unknownToken)
    guard parts.count == spellings.count + 1 else { return decodeTarget(known) }
    return zip(parts, spellings + [""]).map { $0 + $1 }.joined()
  }

  /// The ids of a text, and how each is spelt.
  private func pieces(
    of text: String, _ tokenizer: Tokenizer
  ) -> (ids: [Int32], pieces: [String]) {
    let encoding = tokenizer.encode(text, addsSpecialTokens: false)
    let bytes = Array(text.utf8)
    let ids = encoding.ids.map { isBoundary($0) ? unknown : $0 }
    let pieces = zip(ids, encoding.offsets).map { id, range in
      id == unknown
        ? String(decoding: bytes[range], as: UTF8.self) : tokenizer.token(of: id) ?? ""
    }
    return (ids, pieces)
  }

  private func isBoundary(_ id: Int32) -> Bool { id == start || id == end }

  private func ids(of text: String, _ tokenizer: Tokenizer) -> [Int32] {
    var (text, ids): (String, [Int32]) = (text, [])
    text.withUTF8 { tokenizer.encode($0, into: &ids) }
    // A line that spells a start or an end neither starts nor ends there.
    return ids.map { isBoundary($0) ? unknown : $0 }
  }
}
