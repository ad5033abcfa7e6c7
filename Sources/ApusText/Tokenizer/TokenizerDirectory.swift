import ApusFiles
import Glibc

/// A directory with the files of a tokenizer.
///
/// Only `tokenizer.json` says everything. Other files have the tokens alone, and what else decides
/// ids follows from the family of the model, such as special tokens around texts. A family whose
/// ways are not built in is refused, as its ids would be wrong and nobody would see it.
struct TokenizerDirectory {
  let path: String

  /// The names that SentencePiece's models have in directories of Hugging Face.
  private static let sentencePieceNames = [
    "spiece.model", "sentencepiece.bpe.model", "tokenizer.model",
  ]
  /// Families with GPT-2's pipeline, and those with RoBERTa's.
  private static let gpt2Families = ["gpt2", "gptneo", "gptj"]
  private static let robertaFamilies = ["roberta", "bart", "longformer"]

  func tokenizer() throws -> Tokenizer {
    if exists("tokenizer.json") {
      return try Tokenizer(JSONField(contentsOf: file("tokenizer.json")))
    }
    let tokenizer = try fromVocabulary()
    try requireAddedTokens(in: tokenizer)
    return tokenizer
  }

  private func fromVocabulary() throws -> Tokenizer {
    if exists("vocab.txt") {
      let vocabulary = file("vocab.txt")
      return try Tokenizer(
        bertVocabulary: vocabulary, normalizer: BERTNormalizer(beside: vocabulary))
    }
    let family = try family()
    if exists("vocab.json"), exists("merges.txt") {
      let (vocabulary, merges) = (file("vocab.json"), file("merges.txt"))
      guard let family, !Self.gpt2Families.contains(family) else {
        return try Tokenizer(gpt2Vocabulary: vocabulary, merges: merges)
      }
      guard Self.robertaFamilies.contains(family) else {
        throw missingFile(of: family, found: "vocab.json and merges.txt")
      }
      return try Tokenizer(
        robertaVocabulary: vocabulary, merges: merges, addsPrefixSpace: addsPrefixSpace())
    }
    guard let name = Self.sentencePieceNames.first(where: exists) else {
      throw InputError(
        file: path,
        expected: "tokenizer.json, vocab.txt, vocab.json and merges.txt, or "
          + "\(Self.sentencePieceNames.joined(separator: " or ")) in the directory",
        found: "none of them")
    }
    // Models number SentencePiece's tokens in ways of their own, or put special tokens around texts.
    if let family { throw missingFile(of: family, found: name) }
    return try Tokenizer(sentencePiece: file(name))
  }

  /// The family of the tokenizer or else of the model, such as `xlmroberta`; nil if no file names it.
  private func family() throws -> String? {
    let places = [("tokenizer_config.json", "tokenizer_class"), ("config.json", "model_type")]
    for (name, key) in places where exists(name) {
      guard let text = try JSONField(contentsOf: file(name))[key].optionalString() else { continue }
      let family = text.lowercased().filter { $0 != "_" && $0 != "-" }
      return ["fast", "tokenizer"].reduce(family) { family, suffix in
        family.hasSuffix(suffix) ? String(family.dropLast(suffix.count)) : family
      }
    }
    return nil
  }

  private func addsPrefixSpace() throws -> Bool {
    let name = "tokenizer_config.json"
    guard exists(name) else { return false }
    return try JSONField(contentsOf: file(name))["add_prefix_space"].bool(default: false)
  }

  /// Refuses tokens that were added to the vocabulary and that a tokenizer does not look for.
  private func requireAddedTokens(in tokenizer: Tokenizer) throws {
    let name = "added_tokens.json"
    guard exists(name) else { return }
    for (token, id) in try JSONField(contentsOf: file(name)).members() {
      guard case .integer(let id) = id,
        tokenizer.addedTokens.contains(where: { $0.content == token && Int($0.id) == id })
      else {
        throw InputError(
          file: file(name), expected: "no tokens of its own without \(Self.wayToFile(in: path))",
          found: "\"\(token.prefix(40))\"")
      }
    }
  }

  private func missingFile(of family: String, found: String) -> InputError {
    InputError(
      file: path, expected: "for \(family.prefix(40)), \(Self.wayToFile(in: path))",
      found: "\(found), which don't give the model's ids")
  }

  private static func wayToFile(in path: String) -> String {
    "tokenizer.json, as written by Transformers' "
      + "AutoTokenizer.from_pretrained(\"\(path)\").save_pretrained(\"\(path)\")"
  }

  private func file(_ name: String) -> String { "\(path)/\(name)" }

  private func exists(_ name: String) -> Bool { access(file(name), R_OK) == 0 }
}

extension BERTNormalizer {
  /// The normalizer that the `tokenizer_config.json` beside a `vocab.txt` describes; BERT's
  /// lower-casing one where there is none.
  init(beside vocabulary: String) throws {
    let slash = vocabulary.utf8.lastIndex(of: UInt8(ascii: "/"))
    let configuration = (slash.map { vocabulary[...$0] } ?? "") + "tokenizer_config.json"
    self =
      try access(String(configuration), R_OK) == 0
      ? BERTNormalizer(configuration: JSONField(contentsOf: String(configuration)))
      : BERTNormalizer()
  }
}
