import ApusFiles

/// Byte-pair encoding over characters: merges the adjacent pair of lowest rank until none is left.
///
/// Tokens may be marked that stand inside a word or that end one, and a character without a token
/// may be spelled by tokens of its bytes, such as `<0xE4>`.
///
/// - Source: Sennrich et al. 2016; byte tokens as in SentencePiece.
public struct CharacterBPE: TokenModel {
  public let vocabulary: Vocabulary
  /// In the order of their ranks.
  public let merges: [BPEMerge]
  let description: BPEDescription
  private let table: MergeTable
  private let prefix, suffix: [UInt8]
  /// Nil lets unknown characters vanish.
  private let unknownID: Int32?
  /// By byte; -1 where there is no token.
  private let byteIDs: [Int32]
  /// By the first byte, the longest first.
  private let wholes: [[(bytes: [UInt8], id: Int32)]]

  /// - Throws: `InputError` for a merge of tokens that are not in the vocabulary, or an unknown
  ///   token that is not.
  init(_ description: BPEDescription) throws {
    let vocabulary = description.vocabulary
    self.description = description
    self.vocabulary = vocabulary
    merges = description.merges
    table = try MergeTable(description.merges, of: vocabulary)
    prefix = Array(description.continuingPrefix.utf8)
    suffix = Array(description.endOfWordSuffix.utf8)
    unknownID = try description.unknownToken.map { token in
      guard let id = vocabulary.id(of: token) else {
        throw InputError(
          expected: "a vocabulary with the unknown token \"\(token.prefix(40))\"", found: "none")
      }
      return id
    }
    byteIDs = (UInt8.min...UInt8.max).map { byte in
      description.usesByteFallback ? vocabulary.id(of: ByteFallback.token(of: byte)) ?? -1 : -1
    }
    var wholes = [[(bytes: [UInt8], id: Int32)]](repeating: [], count: 256)
    for id in description.wholeTokens {
      guard let bytes = vocabulary.bytes(of: id), let first = bytes.first else { continue }
      wholes[Int(first)].append((Array(bytes), id))
    }
    self.wholes = wholes.map { $0.sorted { $0.bytes.count > $1.bytes.count } }
  }

  public func tokenize(_ piece: UnsafeBufferPointer<UInt8>, into tokens: inout [PieceToken]) {
    if description.ignoresMerges {
      let id = vocabulary.id(of: piece)
      if id >= 0 {
        tokens.append(PieceToken(id: id, end: piece.count))
        return
      }
    }
    withUnsafeTemporaryAllocation(of: PieceToken.self, capacity: piece.count) { parts in
      let count = spell(piece, into: parts)
      let left = table.merge(UnsafeMutableBufferPointer(rebasing: parts[..<count]))
      tokens.append(contentsOf: parts[..<left])
    }
  }

  /// Writes the tokens that stand in the text as wholes, and those of the other characters or of their
  /// bytes.
  ///
  /// - Returns: Their number.
  private func spell(
    _ piece: UnsafeBufferPointer<UInt8>, into parts: UnsafeMutableBufferPointer<PieceToken>
  ) -> Int {
    var count = 0
    func add(_ id: Int32, _ end: Int) {
      parts.initializeElement(at: count, to: PieceToken(id: id, end: end))
      count += 1
    }
    var index = 0
    var followsUnknown = false
    while index < piece.count {
      let rest = piece[index...]
      if let whole = wholes[Int(piece[index])].first(where: { rest.starts(with: $0.bytes) }) {
        index += whole.bytes.count
        add(whole.id, index)
        followsUnknown = false
        continue
      }
      let end = scalar(at: index, in: piece).end
      let id = id(ofCharacter: index..<end, in: piece)
      if id >= 0 {
        add(id, end)
        followsUnknown = false
      } else if piece[index..<end].allSatisfy({ byteIDs[Int($0)] >= 0 }) {
        for place in index..<end { add(byteIDs[Int(piece[place])], place + 1) }
        followsUnknown = false
      } else if let unknownID {
        if followsUnknown, description.fusesUnknown {
          parts[count - 1].end = Int32(truncatingIfNeeded: end)
        } else {
          add(unknownID, end)
        }
        followsUnknown = true
      }
      index = end
    }
    return count
  }

  /// The id of a character with the marks of its place in the word; -1 if there is none.
  private func id(ofCharacter range: Range<Int>, in piece: UnsafeBufferPointer<UInt8>) -> Int32 {
    let needsPrefix = range.lowerBound > 0 && !prefix.isEmpty
    let needsSuffix = range.upperBound == piece.count && !suffix.isEmpty
    guard needsPrefix || needsSuffix else {
      return vocabulary.id(of: UnsafeBufferPointer(rebasing: piece[range]))
    }
    let marked = (needsPrefix ? prefix : []) + piece[range] + (needsSuffix ? suffix : [])
    return marked.withUnsafeBufferPointer { vocabulary.id(of: $0) }
  }
}
