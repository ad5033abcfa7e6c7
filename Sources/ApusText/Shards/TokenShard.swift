import ApusFiles

/// One memory-mapped file of tokens.
final class TokenShard: Sendable {
  let path: String
  let header: ShardHeader
  private let file: MappedFile

  /// Maps a file and checks every length and offset; the tokens themselves are not touched.
  ///
  /// - Throws: `FileError`; `InputError` for a file that is no shard or contradicts itself.
  init(_ path: String) throws {
    self.path = path
    file = try MappedFile(path)
    header = try ShardHeader(file)
    var tokenEnd = 0
    var sentenceEnd = 0
    for document in 0..<header.documentCount {
      let (token, sentence) = documentEnd(document)
      guard token >= tokenEnd, token <= header.tokenCount, sentence >= sentenceEnd,
        sentence <= header.sentenceCount
      else {
        throw InputError(
          file: path, row: document + 1, expected: "documents that follow each other",
          found: "an end at token \(token), sentence \(sentence)")
      }
      try checkSentences(sentenceEnd..<sentence, of: document, tokens: tokenEnd..<token)
      (tokenEnd, sentenceEnd) = (token, sentence)
    }
    guard tokenEnd == header.tokenCount, sentenceEnd == header.sentenceCount else {
      throw InputError(
        file: path, expected: "documents that cover all \(header.tokenCount) tokens",
        found: "an end at \(tokenEnd)")
    }
  }

  private func checkSentences(
    _ sentences: Range<Int>, of document: Int, tokens: Range<Int>
  ) throws {
    var last = tokens.lowerBound
    for sentence in sentences {
      let end = sentenceEnd(sentence)
      guard last...tokens.upperBound ~= end else {
        throw InputError(
          file: path, row: document + 1, expected: "sentences inside their document",
          found: "an end at token \(end)")
      }
      last = end
    }
    guard sentences.isEmpty || last == tokens.upperBound else {
      throw InputError(
        file: path, row: document + 1, expected: "sentences that cover their document",
        found: "an end at token \(last) of \(tokens.upperBound)")
    }
  }

  /// Reads the whole file to check the checksum and that every token is in the vocabulary.
  func verify() throws {
    var checksum = Checksum()
    checksum.update(UnsafeRawBufferPointer(rebasing: file.bytes[ShardHeader.byteCount...]))
    guard checksum.value == header.payloadChecksum else {
      throw InputError(file: path, expected: "contents that fit the checksum", found: "damage")
    }
    for index in 0..<header.tokenCount {
      let token = token(index)
      guard Int(UInt32(bitPattern: token)) < header.vocabularySize else {
        throw InputError(
          file: path, row: index + 1, expected: "tokens below \(header.vocabularySize)",
          found: "\(UInt32(bitPattern: token))")
      }
    }
  }

  @inline(__always)
  private func number(_ offset: Int) -> Int {
    Int(UInt32(littleEndian: file.bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
  }

  private func documentEnd(_ document: Int) -> (token: Int, sentence: Int) {
    let offset = header.documentsOffset + document * 8
    return (number(offset), number(offset + 4))
  }

  private func sentenceEnd(_ sentence: Int) -> Int { number(header.sentencesOffset + sentence * 4) }

  func tokenRange(ofDocument document: Int) -> Range<Int> {
    (document == 0 ? 0 : documentEnd(document - 1).token)..<documentEnd(document).token
  }

  /// The document that holds a token; empty documents hold none.
  func document(ofToken token: Int) -> Int {
    var (low, high) = (0, header.documentCount)
    while low < high {
      let middle = (low + high) / 2
      if documentEnd(middle).token <= token { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The sentences of a document, as ranges among its own tokens; one if sentences were not kept.
  func sentenceRanges(ofDocument document: Int) -> [Range<Int>] {
    let tokens = tokenRange(ofDocument: document)
    let first = document == 0 ? 0 : documentEnd(document - 1).sentence
    let last = documentEnd(document).sentence
    guard first < last else { return tokens.isEmpty ? [] : [0..<tokens.count] }
    var start = 0
    return (first..<last).map { sentence in
      let end = sentenceEnd(sentence) - tokens.lowerBound
      defer { start = end }
      return start..<end
    }
  }

  @inline(__always)
  private func token(_ index: Int) -> Int32 {
    let offset = ShardHeader.byteCount + index * header.tokenWidth
    guard header.tokenWidth == 2 else {
      return Int32(littleEndian: file.bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self))
    }
    return Int32(
      UInt16(littleEndian: file.bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
  }

  func copy(_ range: Range<Int>, into target: UnsafeMutablePointer<Int32>) {
    for (place, index) in range.enumerated() {
      (target + place).initialize(to: token(index))
    }
  }
}
