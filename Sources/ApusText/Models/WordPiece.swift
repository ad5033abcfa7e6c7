import ApusFiles

/// The longest token that a word starts with, then the longest that its rest starts with, ….
///
/// A word with a rest that no token begins is unknown as a whole.
///
/// - Source: `WordpieceTokenizer` of Devlin et al. 2019.
public struct WordPiece: TokenModel {
  public let vocabulary: Vocabulary
  public let unknownToken: String
  /// What tokens inside a word begin with in the vocabulary.
  public let continuingPrefix: String
  /// The number of Unicode scalars from above which words are unknown.
  public let longestWord: Int

  private let unknownID: Int32
  private let prefixCount: Int
  private let prefixHash: TokenHash

  /// - Throws: `InputError` if the vocabulary lacks the unknown token.
  public init(
    _ vocabulary: Vocabulary, unknownToken: String = "[UNK]", continuingPrefix: String = "##",
    longestWord: Int = 100
  ) throws {
    guard let unknownID = vocabulary.id(of: unknownToken) else {
      throw InputError(
        expected: "a vocabulary with the unknown token \"\(unknownToken)\"", found: "none")
    }
    self.vocabulary = vocabulary
    self.unknownToken = unknownToken
    self.continuingPrefix = continuingPrefix
    self.longestWord = longestWord
    self.unknownID = unknownID
    prefixCount = continuingPrefix.utf8.count
    prefixHash = continuingPrefix.utf8.reduce(into: TokenHash()) { $0.add($1) }
  }

  init(_ field: JSONField) throws {
    let prefix = field["continuing_subword_prefix"]
    let longest = field["max_input_chars_per_word"]
    let vocabulary = try TokenModels.vocabulary(field["vocab"])
    let unknown = try field["unk_token"].optionalString() ?? "[UNK]"
    let continuing = try prefix.optionalString() ?? "##"
    let limit = try longest.isNull ? 100 : longest.integer(in: 0...Int(Int32.max))
    self = try TokenModels.naming(field) {
      try WordPiece(
        vocabulary, unknownToken: unknown, continuingPrefix: continuing, longestWord: limit)
    }
  }

  public var json: JSONValue {
    .object([
      ("type", .string("WordPiece")), ("unk_token", .string(unknownToken)),
      ("continuing_subword_prefix", .string(continuingPrefix)),
      ("max_input_chars_per_word", .integer(longestWord)), ("vocab", vocabulary.json),
    ])
  }

  public func tokenize(_ piece: UnsafeBufferPointer<UInt8>, into tokens: inout [PieceToken]) {
    let before = tokens.count
    var start = 0
    if isTooLong(piece) { start = -1 }
    while start >= 0, start < piece.count {
      let (id, end) = longestToken(from: start, of: piece)
      if id < 0 {
        start = -1
      } else {
        tokens.append(PieceToken(id: id, end: end))
        start = end
      }
    }
    guard start < 0 else { return }
    tokens.removeSubrange(before...)
    tokens.append(PieceToken(id: unknownID, end: piece.count))
  }

  private func isTooLong(_ piece: UnsafeBufferPointer<UInt8>) -> Bool {
    guard piece.count > longestWord else { return false }
    return piece.count(where: { $0 & 0xC0 != 0x80 }) > longestWord
  }

  /// The longest token that the rest of a word starts with, and its end; id -1 if there is none.
  @inline(__always)
  private func longestToken(
    from start: Int, of piece: UnsafeBufferPointer<UInt8>
  ) -> (id: Int32, end: Int) {
    var hash = start == 0 ? TokenHash() : prefixHash
    let prefix = start == 0 ? 0 : prefixCount
    var found: (id: Int32, end: Int) = (-1, start)
    let limit = min(piece.count, start + max(0, vocabulary.longestToken - prefix))
    for end in start + 1..<max(limit, start) + 1 {
      hash.add(piece[end - 1])
      guard end == piece.count || piece[end] & 0xC0 != 0x80 else { continue }
      let id = vocabulary.id(
        hash: hash, prefix: prefix, UnsafeBufferPointer(rebasing: piece[start..<end]))
      if id >= 0 { found = (id, end) }
    }
    return found
  }
}
