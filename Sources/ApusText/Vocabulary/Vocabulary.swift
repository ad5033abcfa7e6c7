import ApusFiles

/// Tokens and their ids: bytes to id by hash, id to bytes by index.
///
/// Tokens are compared by their bytes: two canonically equivalent spellings are two tokens.
public final class Vocabulary: Sendable {
  /// The most tokens of a vocabulary.
  ///
  /// Ids of files are refused from here on, so that one hostile id can't demand gigabytes.
  public static let maximumCount = 1 << 22
  static let maximumTokenBytes = 1 << 16

  /// One more than the highest id; ids in between may be unused.
  public let count: Int
  /// The number of tokens.
  public let tokenCount: Int
  /// The length of the longest token in bytes.
  public let longestToken: Int
  private let bytes: [UInt8]
  private let starts: [Int32]
  private let isUsed: [Bool]
  /// Open addressing: the upper half of an entry is a hash, the lower half id + 1; 0 is empty.
  private let table: [UInt64]

  /// Makes a vocabulary of tokens with ids 0, 1, 2, ….
  ///
  /// - Throws: `InputError` for a token that comes twice or is too long; its row is the token's
  ///   place, counted from 1.
  public convenience init(_ tokens: [String]) throws {
    try self.init(tokens.enumerated().map { (Array($0.element.utf8), $0.offset) }, isList: true)
  }

  /// Makes a vocabulary of tokens with given ids.
  ///
  /// - Throws: `InputError` for a token or an id that comes twice, a negative or huge id, or a
  ///   token too long to be one.
  public convenience init(_ entries: [(token: [UInt8], id: Int)]) throws {
    try self.init(entries, isList: false)
  }

  /// Makes a vocabulary; `isList` says whether ids are places in a list, which errors name.
  private init(_ entries: [(token: [UInt8], id: Int)], isList: Bool) throws {
    func row(_ id: Int) -> Int? { isList ? id + 1 : nil }
    var byID: [[UInt8]?] = []
    for (token, id) in entries {
      guard 0..<Self.maximumCount ~= id else {
        throw InputError(expected: "ids from 0 to \(Self.maximumCount - 1)", found: "\(id)")
      }
      guard token.count <= Self.maximumTokenBytes else {
        throw InputError(
          row: row(id), expected: "tokens of at most \(Self.maximumTokenBytes) bytes",
          found: "\(token.count)")
      }
      while byID.count <= id { byID.append(nil) }
      guard byID[id] == nil else {
        throw InputError(expected: "each id once", found: "\(id) for two tokens")
      }
      byID[id] = token
    }
    count = byID.count
    tokenCount = entries.count
    isUsed = byID.map { $0 != nil }
    var bytes: [UInt8] = []
    var starts: [Int32] = [0]
    var longest = 0
    var capacity = 16
    while capacity < entries.count * 2 { capacity *= 2 }
    var table = [UInt64](repeating: 0, count: capacity)
    for (id, token) in byID.enumerated() {
      if let token {
        guard bytes.count + token.count <= Int(Int32.max) else {
          throw InputError(expected: "at most 2 GB of tokens", found: "more")
        }
        longest = max(longest, token.count)
        let hash = token.withUnsafeBufferPointer { TokenHash(of: $0).value }
        var slot = Int(hash & UInt64(capacity - 1))
        while table[slot] != 0 {
          let other = Int(table[slot] & 0xFFFF_FFFF) - 1
          if table[slot] >> 32 == hash >> 32, byID[other] == token {
            throw InputError(
              row: row(id), expected: "each token once",
              found: "\"\(String(decoding: token.prefix(40), as: UTF8.self))\" twice")
          }
          slot = (slot + 1) & (capacity - 1)
        }
        table[slot] = (hash & ~0xFFFF_FFFF) | UInt64(id + 1)
        bytes.append(contentsOf: token)
      }
      starts.append(Int32(bytes.count))
    }
    self.bytes = bytes
    self.starts = starts
    self.table = table
    longestToken = longest
  }

  /// The id of a token given as bytes; -1 if there is none.
  @inline(__always)
  func id(of token: UnsafeBufferPointer<UInt8>) -> Int32 {
    id(hash: TokenHash(of: token), prefix: 0, token)
  }

  /// The id of a token whose hash is known.
  ///
  /// - Parameters:
  ///   - hash: The hash of the whole token.
  ///   - prefix: The number of leading bytes that went into `hash` but are not in `rest`.
  ///   - rest: The bytes behind them.
  /// - Returns: The id; -1 if there is none.
  @inline(__always)
  func id(hash: TokenHash, prefix: Int, _ rest: UnsafeBufferPointer<UInt8>) -> Int32 {
    let value = hash.value
    let mask = table.count - 1
    var slot = Int(truncatingIfNeeded: value) & mask
    while true {
      let entry = table[slot]
      if entry == 0 { return -1 }
      if entry >> 32 == value >> 32 {
        let id = Int32(truncatingIfNeeded: entry) - 1
        if matches(id, prefix: prefix, rest) { return id }
      }
      slot = (slot + 1) & mask
    }
  }

  private func matches(
    _ id: Int32, prefix: Int, _ rest: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    let start = Int(starts[Int(id)]) + prefix
    let end = Int(starts[Int(id) + 1])
    guard end - start == rest.count else { return false }
    for index in 0..<rest.count where bytes[start + index] != rest[index] { return false }
    return true
  }

  public func id(of token: String) -> Int32? {
    var token = token
    let id = token.withUTF8 { self.id(of: $0) }
    return id < 0 ? nil : id
  }

  func contains(_ id: Int32) -> Bool { 0..<count ~= Int(id) && isUsed[Int(id)] }

  /// The bytes of a token; nil for an unused id.
  public func bytes(of id: Int32) -> ArraySlice<UInt8>? {
    guard contains(id) else { return nil }
    return bytes[Int(starts[Int(id)])..<Int(starts[Int(id) + 1])]
  }

  public func token(of id: Int32) -> String? {
    bytes(of: id).map { String(decoding: $0, as: UTF8.self) }
  }
}

/// FNV-1a, so that the hash of a longer token continues that of a shorter one.
struct TokenHash {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  init() {}

  @inline(__always)
  init(of bytes: UnsafeBufferPointer<UInt8>) {
    for byte in bytes { add(byte) }
  }

  @inline(__always)
  mutating func add(_ byte: UInt8) { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }

  /// The hash, with the upper bits folded over the lower ones, which FNV mixes less.
  @inline(__always)
  var value: UInt64 { (state ^ state >> 29) &* 0xBF58_476D_1CE4_E5B9 }
}
