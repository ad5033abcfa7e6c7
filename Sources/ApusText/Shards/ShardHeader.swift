import ApusFiles

/// The first 128 bytes of a token shard.
///
/// The article `TheTokenShardFormat.md` of this module's documentation lists every field.
struct ShardHeader {
  static let byteCount = 128
  static let magic = Array("APUSTOKS".utf8)
  static let version: UInt32 = 1

  var tokenWidth = 2
  var vocabularySize = 0
  var fingerprint: UInt64 = 0
  var tokenCount = 0
  var documentCount = 0
  var sentenceCount = 0
  var payloadChecksum: UInt32 = 0

  /// The bytes of a token that a vocabulary needs.
  static func tokenWidth(for vocabularySize: Int) -> Int { vocabularySize <= 1 << 16 ? 2 : 4 }

  var documentsOffset: Int { Self.byteCount + (tokenCount * tokenWidth + 3) & ~3 }
  var sentencesOffset: Int { documentsOffset + documentCount * 8 }
  var fileSize: Int { sentencesOffset + sentenceCount * 4 }

  var bytes: [UInt8] {
    var bytes = Self.magic
    func append(_ value: some FixedWidthInteger) {
      withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
    append(Self.version)
    append(UInt32(tokenWidth))
    append(UInt64(vocabularySize))
    append(fingerprint)
    for value in [
      tokenCount, documentCount, sentenceCount, documentsOffset, sentencesOffset, fileSize,
    ] { append(UInt64(value)) }
    append(payloadChecksum)
    var checksum = Checksum()
    bytes.withUnsafeBytes { checksum.update($0) }
    append(checksum.value)
    return bytes + repeatElement(0, count: Self.byteCount - bytes.count)
  }

  init() {}

  /// Reads and checks a header.
  ///
  /// - Throws: `InputError` naming the first thing that does not fit.
  init(_ file: MappedFile) throws {
    let raw = file.bytes
    func require(_ condition: Bool, _ expected: String, _ found: @autoclosure () -> String) throws {
      if !condition { throw InputError(file: file.path, expected: expected, found: found()) }
    }
    func read<Value: FixedWidthInteger>(_ offset: Int, as: Value.Type) -> Value {
      Value(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: Value.self))
    }
    try require(
      raw.count >= Self.byteCount, "a token shard of at least \(Self.byteCount) bytes",
      "\(raw.count) bytes")
    try require(raw.starts(with: Self.magic), "a token shard (APUSTOKS)", "another file")
    try require(
      read(8, as: UInt32.self) == Self.version, "version \(Self.version) of token shards",
      "\(read(8, as: UInt32.self))")
    var checksum = Checksum()
    checksum.update(UnsafeRawBufferPointer(rebasing: raw[..<84]))
    try require(
      checksum.value == read(84, as: UInt32.self), "a header that fits its checksum", "damage")
    let width = read(12, as: UInt32.self)
    try require(width == 2 || width == 4, "tokens of 2 or 4 bytes", "\(width)")
    tokenWidth = Int(width)
    fingerprint = read(24, as: UInt64.self)
    // No count can exceed the file's length, which also keeps the sums below from overflowing.
    func count(_ offset: Int, _ name: String, atMost limit: Int) throws -> Int {
      let value = read(offset, as: UInt64.self)
      try require(value <= UInt64(limit), "\(name) of at most \(limit)", "\(value)")
      return Int(value)
    }
    vocabularySize = try count(16, "a vocabulary", atMost: width == 2 ? 1 << 16 : 1 << 31)
    tokenCount = try count(32, "a number of tokens", atMost: min(raw.count, Int(UInt32.max)))
    documentCount = try count(40, "a number of documents", atMost: raw.count)
    sentenceCount = try count(48, "a number of sentences", atMost: raw.count)
    payloadChecksum = read(80, as: UInt32.self)
    try require(
      read(56, as: UInt64.self) == UInt64(documentsOffset)
        && read(64, as: UInt64.self) == UInt64(sentencesOffset)
        && read(72, as: UInt64.self) == UInt64(fileSize),
      "offsets that follow from the counts", "others")
    try require(raw.count == fileSize, "\(fileSize) bytes", "\(raw.count)")
  }
}
