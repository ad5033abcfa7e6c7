import ApusFiles

/// Byte-pair encoding over bytes: merges the adjacent pair of lowest rank until none is left.
///
/// - Source: Sennrich et al. 2016; on bytes, Radford et al. 2019.
public struct ByteLevelBPE: TokenModel {
  /// The tokens in GPT-2's spelling (see `ByteAlphabet`).
  public let vocabulary: Vocabulary
  /// In the order of their ranks.
  public let merges: [BPEMerge]
  /// What bytes outside the vocabulary become; nil lets them vanish.
  public let unknownToken: String?
  /// Whether a piece that is a token as a whole is not put together by merges.
  public let ignoresMerges: Bool
  /// The bytes of each token, in their place in `tokenBytes`; a special token's are its UTF-8.
  let tokenStarts: [Int32]
  let tokenBytes: [UInt8]
  private let byteIDs: [Int32]
  private let table: MergeTable

  /// - Throws: `InputError` for a merge of tokens that are not in the vocabulary, or an unknown
  ///   token that is not where it lacks a byte too.
  public init(
    _ vocabulary: Vocabulary, merges: [BPEMerge], unknownToken: String? = nil,
    ignoresMerges: Bool = false
  ) throws {
    self.vocabulary = vocabulary
    self.merges = merges
    self.unknownToken = unknownToken
    self.ignoresMerges = ignoresMerges
    let unknownID = unknownToken.flatMap { vocabulary.id(of: $0) } ?? -1
    byteIDs = ByteAlphabet.scalars.map { vocabulary.id(of: String($0)) ?? unknownID }
    if let unknownToken, unknownID < 0, byteIDs.contains(unknownID) {
      throw InputError(
        expected: "a vocabulary with the unknown token \"\(unknownToken.prefix(40))\"",
        found: "none")
    }
    table = try MergeTable(merges, of: vocabulary)
    var starts: [Int32] = [0]
    var bytes: [UInt8] = []
    for id in 0..<Int32(vocabulary.count) {
      if let token = vocabulary.token(of: id) {
        bytes.append(contentsOf: ByteAlphabet.bytes(of: token) ?? Array(token.utf8))
      }
      starts.append(Int32(bytes.count))
    }
    tokenStarts = starts
    tokenBytes = bytes
  }

  public func tokenize(_ piece: UnsafeBufferPointer<UInt8>, into tokens: inout [PieceToken]) {
    if ignoresMerges, let id = vocabulary.id(of: ByteAlphabet.spelling(piece)) {
      tokens.append(PieceToken(id: id, end: piece.count))
      return
    }
    withUnsafeTemporaryAllocation(of: PieceToken.self, capacity: piece.count) { parts in
      var count = 0
      for index in 0..<piece.count {
        let id = byteIDs[Int(piece[index])]
        if id < 0 { continue }
        parts.initializeElement(at: count, to: PieceToken(id: id, end: index + 1))
        count += 1
      }
      count = table.merge(UnsafeMutableBufferPointer(rebasing: parts[..<count]))
      tokens.append(contentsOf: parts[..<count])
    }
  }

  /// Whether every byte has a token, so that nothing is ever unknown.
  var knowsAllBytes: Bool {
    ByteAlphabet.scalars.allSatisfy { vocabulary.id(of: String($0)) != nil }
  }
}
