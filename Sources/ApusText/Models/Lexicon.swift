import ApusFiles

/// A list of words or characters: a piece is one token, or unknown.
public struct Lexicon: TokenModel {
  public let vocabulary: Vocabulary
  public let unknownToken: String
  /// Nil where the vocabulary lacks the unknown token: then unknown pieces give no token.
  private let unknownID: Int32?

  public init(_ vocabulary: Vocabulary, unknownToken: String = "[UNK]") {
    self.vocabulary = vocabulary
    self.unknownToken = unknownToken
    unknownID = vocabulary.id(of: unknownToken)
  }

  init(_ field: JSONField) throws {
    self.init(
      try TokenModels.vocabulary(field["vocab"]), unknownToken: try field["unk_token"].string())
  }

  public var json: JSONValue {
    .object([
      ("type", .string("WordLevel")), ("vocab", vocabulary.json),
      ("unk_token", .string(unknownToken)),
    ])
  }

  public func tokenize(_ piece: UnsafeBufferPointer<UInt8>, into tokens: inout [PieceToken]) {
    let id = vocabulary.id(of: piece)
    if id >= 0 {
      tokens.append(PieceToken(id: id, end: piece.count))
    } else if let unknownID {
      tokens.append(PieceToken(id: unknownID, end: piece.count))
    }
  }
}
