import ApusFiles

/// Writes documents as token shards, in one pass and with flat memory.
///
/// Shards are named `tokens-00000.shard`, `tokens-00001.shard`, … and each appears when it is full.
/// A document is never divided between two.
public struct TokenShardWriter: ~Copyable {
  /// How much a shard holds before the next one begins, in bytes.
  public static let defaultShardSize = 1 << 28

  public let directory: String
  private let vocabularySize: Int
  private let fingerprint: UInt64
  private let shardSize: Int
  private let tokenWidth: Int
  private var shard: OpenShard?
  /// The shards finished so far.
  public private(set) var shardCount = 0

  /// - Parameters:
  ///   - directory: An existing directory.
  ///   - tokenizer: Whose tokens are written.
  ///   - shardSize: In bytes, at most 4 GB.
  public init(directory: String, tokenizer: Tokenizer, shardSize: Int = defaultShardSize) {
    precondition(
      1...(1 << 32) ~= shardSize, "TokenShardWriter: shard size \(shardSize) is not in 1...2³²")
    self.directory = directory
    vocabularySize = tokenizer.vocabularySize
    fingerprint = tokenizer.fingerprint
    self.shardSize = shardSize
    tokenWidth = ShardHeader.tokenWidth(for: vocabularySize)
  }

  /// Appends a document.
  ///
  /// - Parameters:
  ///   - tokens: Its tokens, each in 0..<vocabularySize.
  ///   - sentenceEnds: The end of each sentence among `tokens`, in order, the last being their
  ///     count; empty if sentences are not kept, which then holds for all documents.
  /// - Throws: `FileError` when the disk is full.
  public mutating func append(
    _ tokens: UnsafeBufferPointer<Int32>, sentenceEnds: UnsafeBufferPointer<Int32>
  ) throws {
    let size = tokens.count * tokenWidth + 8 + sentenceEnds.count * 4
    if let open = shard, open.documentCount > 0, open.byteCount + size > shardSize {
      try finishShard()
    }
    if shard == nil {
      var name = String(shardCount)
      name = String(repeating: "0", count: max(0, 5 - name.count)) + name
      shard = try OpenShard("\(directory)/tokens-\(name).shard", tokenWidth: tokenWidth)
    }
    try shard?.append(tokens, sentenceEnds: sentenceEnds, below: Int32(clamping: vocabularySize))
  }

  /// Completes the last shard.
  public mutating func finish() throws {
    if shard != nil { try finishShard() }
  }

  private mutating func finishShard() throws {
    guard let open = shard else { return }
    shard = nil
    try open.finish(vocabularySize: vocabularySize, fingerprint: fingerprint)
    shardCount += 1
  }
}

/// A shard that is being written.
private final class OpenShard {
  private var file: AtomicFile?
  private var header = ShardHeader()
  private var checksum = Checksum()
  private var buffer: [UInt8] = []
  private var documents: [UInt32] = []
  private var sentences: [UInt32] = []

  var documentCount: Int { header.documentCount }
  var byteCount: Int { header.fileSize }

  init(_ path: String, tokenWidth: Int) throws {
    var file = try AtomicFile(path)
    header.tokenWidth = tokenWidth
    try file.write([UInt8](repeating: 0, count: ShardHeader.byteCount))
    self.file = consume file
  }

  func append(
    _ tokens: UnsafeBufferPointer<Int32>, sentenceEnds: UnsafeBufferPointer<Int32>,
    below limit: Int32
  ) throws {
    precondition(
      header.tokenCount + tokens.count <= Int(UInt32.max), "TokenShardWriter: document too long")
    for token in tokens {
      precondition(0..<limit ~= token, "TokenShardWriter: token \(token) of \(limit)")
    }
    if header.tokenWidth == 2 {
      append(tokens) { UInt16(truncatingIfNeeded: $0).littleEndian }
    } else {
      append(tokens, as: \.littleEndian)
    }
    if buffer.count >= 1 << 20 { try flush() }
    var last: Int32 = 0
    for end in sentenceEnds {
      precondition(end >= last, "TokenShardWriter: sentence ends out of order")
      last = end
      sentences.append(UInt32(header.tokenCount + Int(end)))
    }
    precondition(
      sentenceEnds.isEmpty || Int(last) == tokens.count,
      "TokenShardWriter: sentences end at \(last) of \(tokens.count) tokens")
    header.tokenCount += tokens.count
    header.documentCount += 1
    header.sentenceCount += sentenceEnds.count
    documents.append(UInt32(header.tokenCount))
    documents.append(UInt32(header.sentenceCount))
  }

  private func append<Stored: BitwiseCopyable>(
    _ tokens: UnsafeBufferPointer<Int32>, as stored: (Int32) -> Stored
  ) {
    withUnsafeTemporaryAllocation(of: Stored.self, capacity: tokens.count) { target in
      for index in tokens.indices { target.initializeElement(at: index, to: stored(tokens[index])) }
      buffer.append(contentsOf: UnsafeRawBufferPointer(target))
    }
  }

  func finish(vocabularySize: Int, fingerprint: UInt64) throws {
    header.vocabularySize = vocabularySize
    header.fingerprint = fingerprint
    let tokenBytes = header.tokenCount * header.tokenWidth
    buffer.append(contentsOf: repeatElement(0, count: (tokenBytes + 3) & ~3 - tokenBytes))
    try flush()
    try write(documents)
    try write(sentences)
    header.payloadChecksum = checksum.value
    try header.bytes.withUnsafeBytes { try file?.overwrite(at: 0, $0) }
    try file.take()?.commit()
  }

  private func write(_ values: [UInt32]) throws {
    var start = 0
    while start < values.count {
      let end = min(values.count, start + 1 << 18)
      for value in values[start..<end] {
        withUnsafeBytes(of: value.littleEndian) { buffer.append(contentsOf: $0) }
      }
      try flush()
      start = end
    }
  }

  private func flush() throws {
    try buffer.withUnsafeBytes {
      checksum.update($0)
      try file?.write($0)
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
