import ApusText

/// A text that is written token by token until the first of some stop strings is whole in it.
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

  init(_ tokenizer: Tokenizer, after prompt: [Int32], stops: [String]) {
    streamed = StreamedText(tokenizer, after: prompt)
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
    if let start = firstStop {
      isStopped = true
      return give(start)
    }
    // The longest end of the text that a stop string begins with.
    let start = waiting.indices.first { start in
      stops.contains { $0.starts(with: waiting[start...]) }
    }
    return give(start ?? waiting.count)
  }

  /// Where the stop string begins that is whole first, the longest of several: however the text is
  /// cut into tokens, it is the same one.
  private var firstStop: Int? {
    for end in 0...waiting.count {
      let starts = stops.compactMap { stop in
        waiting[..<end].suffix(stop.count).elementsEqual(stop) ? end - stop.count : nil
      }
      if let start = starts.min() { return start }
    }
    return nil
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
