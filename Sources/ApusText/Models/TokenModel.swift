import ApusFiles

/// A token of a piece: its id and where in the piece it ends; it starts where the one before ends.
public struct PieceToken: Sendable, Equatable {
  public var id: Int32
  public var end: Int32

  public init(id: Int32, end: Int) {
    self.id = id
    self.end = Int32(truncatingIfNeeded: end)
  }
}

/// The third step of a tokenizer: turns a piece of text into tokens of a vocabulary.
public protocol TokenModel: Sendable {
  var vocabulary: Vocabulary { get }

  /// Appends the tokens of a piece; a piece always gives the same ones.
  func tokenize(_ piece: UnsafeBufferPointer<UInt8>, into tokens: inout [PieceToken])

  /// The form in `tokenizer.json`.
  var json: JSONValue { get }
}

enum TokenModels {
  /// Reads the `model` of a `tokenizer.json`.
  ///
  /// - Parameters:
  ///   - field: The member.
  ///   - isByteLevel: Whether pieces reach the model as bytes in GPT-2's spelling.
  /// - Returns: The model.
  /// - Throws: `InputError` for a model that is unknown or does not fit.
  static func read(_ field: JSONField, isByteLevel: Bool) throws -> any TokenModel {
    switch try kind(of: field) {
    case "BPE": return try isByteLevel ? ByteLevelBPE(field) : CharacterBPE(field)
    case _ where isByteLevel:
      throw field["type"].error(expected: "BPE with the ByteLevel pre-tokenizer")
    case "WordPiece": return try WordPiece(field)
    case "WordLevel": return try Lexicon(field)
    case "Unigram": return try Unigram(field)
    default:
      throw field["type"].error(expected: "one of the models BPE, Unigram, WordPiece, WordLevel")
    }
  }

  /// The model's name; files of early versions leave it out, as the members tell.
  private static func kind(of field: JSONField) throws -> String {
    guard field["type"].isNull else { return try field["type"].string() }
    if !field["merges"].isNull { return "BPE" }
    if case .array = field["vocab"].value { return "Unigram" }
    return field["continuing_subword_prefix"].isNull ? "WordLevel" : "WordPiece"
  }

  /// Reads a member `vocab`: an object of tokens and ids.
  static func vocabulary(
    _ field: JSONField, bytes: (String) -> [UInt8] = { Array($0.utf8) }
  ) throws -> Vocabulary {
    let members = try field.members()
    var entries: [(token: [UInt8], id: Int)] = []
    entries.reserveCapacity(members.count)
    for (token, value) in members {
      guard case .integer(let id) = value else {
        throw InputError(
          file: field.file, expected: "an integer at \(field.path)[\"\(token.prefix(40))\"]",
          found: "another value")
      }
      entries.append((bytes(token), id))
    }
    return try naming(field) { try Vocabulary(entries) }
  }

  /// Adds file and place to an error that was thrown below them.
  static func naming<Result>(_ field: JSONField, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch var error as InputError where error.file == nil {
      error.file = field.file
      error.expected += " in \(field.path)"
      throw error
    }
  }
}

extension Vocabulary {
  /// The tokens and ids as a JSON object in the order of ids.
  func json(_ spelling: (ArraySlice<UInt8>) -> String) -> JSONValue {
    .object(
      (0..<Int32(count)).compactMap { id in
        bytes(of: id).map { (spelling($0), .integer(Int(id))) }
      })
  }

  /// The tokens and ids, tokens being UTF-8.
  var json: JSONValue { json { String(decoding: $0, as: UTF8.self) } }
}
