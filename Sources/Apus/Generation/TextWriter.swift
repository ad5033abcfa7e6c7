import ApusText

/// A text that is written token by token until one of some stop strings appears in it.
///
/// What could be the beginning of a stop string waits until it is decided, so that nothing is given
/// out that does not belong to the text. A stop string may begin and end inside of tokens.
struct TextWriter {
  private var streamed: StreamedText
  private let stops: [[UInt8]]
  private var waiting: [UInt8] = []
  private var isFinished = false
  /// Whether a stop string has appeared.
  private(set) var isStopped = false
  /// All that was given out.
  private(set) var text = ""

  init(_ tokenizer: Tokenizer, stops: [String]) {
    streamed = StreamedText(tokenizer)
    self.stops = stops.map { Array($0.utf8) }.filter { !$0.isEmpty }
  }

  /// Takes a token and returns what can be shown more because of it.
  mutating func append(_ token: Int32) -> String? { streamed.append(token).flatMap { take($0) } }

  /// The rest, once.
  mutating func finish() -> String? {
    guard !isFinished else { return nil }
    isFinished = true
    let last = isStopped ? nil : streamed.finish().flatMap { take($0) }
    let rest = isStopped ? nil : give(waiting.count)
    let pieces = [last, rest].compactMap(\.self)
    return pieces.isEmpty ? nil : pieces.joined()
  }

  private mutating func take(_ piece: String) -> String? {
    waiting += piece.utf8
    for start in waiting.indices {
      let rest = waiting[start...]
      if stops.contains(where: { rest.starts(with: $0) }) {
        isStopped = true
        return give(start)
      }
      if stops.contains(where: { $0.starts(with: rest) }) { return give(start) }
    }
    return give(waiting.count)
  }

  /// Stop strings are whole characters, and so is what stands before them.
  private mutating func give(_ count: Int) -> String? {
    guard count > 0 else { return nil }
    let piece = String(decoding: waiting.prefix(count), as: UTF8.self)
    waiting.removeFirst(count)
    text += piece
    return piece
  }
}
