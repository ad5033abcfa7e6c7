import ApusText

/// Text that arrives token by token, given out in whole characters.
///
/// What a token adds is how much longer it makes the decoded text of the token before it: decoders
/// treat the first token otherwise than the others, but look no further back. A token of a
/// byte-level model may end inside a character, whose bytes then wait for the rest.
struct StreamedText {
  private let tokenizer: Tokenizer
  private var previous: Int32?
  private var waiting: [UInt8] = []
  /// All that was given out.
  private(set) var whole = ""

  init(_ tokenizer: Tokenizer) { self.tokenizer = tokenizer }

  /// Takes a token and returns what can be shown more because of it.
  mutating func append(_ token: Int32) -> String? {
    guard !tokenizer.isSpecial(token) else { return nil }
    let before = previous.map { tokenizer.decodeBytes([$0]).count } ?? 0
    let bytes = tokenizer.decodeBytes([previous, token].compactMap { $0 })
    waiting += bytes.dropFirst(before)
    previous = token
    return give(waiting.count - Self.unfinishedCount(waiting))
  }

  /// The rest, with U+FFFD for characters that never became whole.
  mutating func finish() -> String? { give(waiting.count) }

  private mutating func give(_ count: Int) -> String? {
    guard count > 0 else { return nil }
    let piece = String(decoding: waiting.prefix(count), as: UTF8.self)
    waiting.removeFirst(count)
    whole += piece
    return piece
  }

  /// The bytes at the end that begin a character without finishing it.
  private static func unfinishedCount(_ bytes: [UInt8]) -> Int {
    for (distance, byte) in bytes.suffix(3).reversed().enumerated() where byte & 0xC0 != 0x80 {
      let length = byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
      return length > distance + 1 ? distance + 1 : 0
    }
    return 0
  }
}
