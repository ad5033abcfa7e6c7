import ApusText

/// Text that arrives token by token, given out in whole characters.
///
/// What a token adds is how much longer it makes the decoded bytes of those before it. Decoders treat
/// what begins a text otherwise than the rest, and look no further back than to the token before: of
/// the text, the prompt included, so many tokens are decoded again that it has begun. A token may end
/// inside a character, whose bytes then wait for the rest.
struct StreamedText {
  private let tokenizer: Tokenizer
  /// The last token that shows anything by itself, and the last token where that is another one.
  private var context: [Int32] = []
  private var waiting: [UInt8] = []
  /// All that was given out.
  private(set) var whole = ""

  init(_ tokenizer: Tokenizer, after prompt: [Int32]) {
    self.tokenizer = tokenizer
    let prompt = prompt.filter { !tokenizer.isSpecial($0) }
    let start = prompt.lastIndex(where: isShown) ?? 0
    for token in prompt[start...] { remember(token) }
  }

  /// Takes a token and returns what can be shown more because of it.
  mutating func append(_ token: Int32) -> String? {
    guard !tokenizer.isSpecial(token) else { return nil }
    let before = tokenizer.decodeBytes(context).count
    waiting += tokenizer.decodeBytes(context + [token]).dropFirst(before)
    remember(token)
    return give(waiting.count - Self.unfinishedCount(waiting))
  }

  /// The rest, with U+FFFD for characters that never became whole.
  mutating func finish() -> String? { give(waiting.count) }

  private mutating func remember(_ token: Int32) {
    context = isShown(token) ? [token] : context.prefix(1) + [token]
  }

  /// Whether a token that begins a text shows anything; a space does not to some decoders.
  private func isShown(_ token: Int32) -> Bool { !tokenizer.decodeBytes([token]).isEmpty }

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
