import ApusFiles
import ApusLayers
import ApusTensors
import ApusText
import ApusVectors
import Glibc

/// The sizes of a table of word vectors under the heads of a model.
public struct WordVectorConfig: Sendable, Hashable {
  /// The number of words and other tokens.
  public var vocabularySize: Int
  /// The values of a vector.
  public var dimension: Int

  /// The `model_type` in `config.json`.
  public static let modelType = "word-vectors"

  init(vocabularySize: Int, dimension: Int) {
    self.vocabularySize = vocabularySize
    self.dimension = dimension
  }

  /// - Throws: `InputError` naming the key that can't be used.
  init(_ json: JSONField) throws {
    self.init(
      vocabularySize: try json["vocab_size"].integer(in: 1...Vocabulary.maximumCount),
      dimension: try json["dimension"].integer(in: 1...1_048_576))
  }

  var json: JSONValue {
    .object([
      ("model_type", .string(Self.modelType)), ("vocab_size", .integer(vocabularySize)),
      ("dimension", .integer(dimension)),
    ])
  }
}

/// Gives each word its vector, whatever stands around it.
///
/// - Shapes: ids [N] → [N, dimension]
struct WordVectorEncoder: TokenEncoder {
  private let words: Embedding
  let outputSize: Int

  init(_ config: WordVectorConfig, in scope: Scope) {
    words = Embedding(
      count: config.vocabularySize, size: config.dimension, in: scope / Self.tableScope)
    outputSize = config.dimension
  }

  /// Where the table is.
  static let tableScope = "words"

  func embedded(_ ids: Sequences, segments: Tensor?, _ mode: Mode) -> Sequences {
    ids.map { words($0).converted(to: mode.scalarType) }
  }

  func states(embedded: Sequences, _ mode: Mode) -> Sequences { embedded }
}

extension WordVectors {
  /// Whether a path is one of vectors: a directory of them, or any file, as other networks have none.
  static func areAt(_ path: String) -> Bool {
    FileStatus.isFile(path) || isDirectory(path)
  }
}

extension PretrainedNetwork {
  /// Word vectors as a network under tasks.
  ///
  /// Text is cut by the tokenizer that stands beside them, or else at white space and between words and
  /// other signs, in lower case where all words are; a token that has no vector by any spelling or
  /// subwords gets a drawn one.
  ///
  /// - Throws: `FileError` if a tokenizer can't be read; `InputError` for words that make none.
  init(_ vectors: WordVectors, of path: String) throws {
    let file = "\(path)/tokenizer.json"
    let tokenizer =
      access(file, F_OK) == 0
      ? try Tokenizer(contentsOf: file) : try Tokenizer(wordsOf: vectors)
    let (table, _) = vectors.embedding(for: tokenizer, RandomKey(seed: 0, name: "words"))
    self.init(
      directory: path,
      .wordVectors(
        WordVectorConfig(vocabularySize: table.rowCount, dimension: vectors.dimension)),
      tokenizer, [("\(WordVectorEncoder.tableScope).weight", table)])
  }
}

extension Tokenizer {
  /// Cuts text into the words that have vectors, with one token for all others.
  fileprivate init(wordsOf vectors: WordVectors) throws {
    let unknown = "[UNK]"
    var words = (0..<vectors.count).map { vectors.vocabulary.token(of: Int32($0)) ?? "" }
    let isLower = words.allSatisfy { $0 == $0.lowercased() }
    if vectors.vocabulary.id(of: unknown) == nil { words.append(unknown) }
    try self.init(
      normalizer: isLower ? LowercaseNormalizer() : nil, preTokenizer: WordPreTokenizer(),
      model: Lexicon(try Vocabulary(words), unknownToken: unknown))
  }
}
