import ApusFiles
import ApusTensors
import ApusText

/// Batches of examples of like length, made from a window of documents at a time.
///
/// A window takes documents in the epoch's order until it has enough tokens, sorts their examples by
/// length, cuts them into batches and takes these in random order. Memory holds one window, whatever
/// the size of the corpus; a window made again from its start is the same.
struct WindowedBatches<Maker: ExampleMaker>: Sendable {
  private struct Window {
    var start: BatchCursor
    var examples = ExampleList()
    var groups: [[Int]] = []
    /// Where the next window starts.
    var end = BatchCursor()
  }

  private let source: TokenSource
  private let maker: Maker
  private let vocabularySize: Int
  private let size: BatchSize
  private let order: BatchOrder
  private let windowTokenCount: Int
  private var window: Window?
  private(set) var cursor: BatchCursor

  /// Enough batches for an even mix of documents in each, in a few megabytes.
  private static var batchesInWindow: Int { 64 }
  /// Documents without any example take their time too.
  private static var documentsInWindow: Int { 65_536 }

  init(
    _ source: TokenSource, _ maker: Maker, vocabularySize: Int, size: BatchSize,
    order: BatchOrder, from cursor: BatchCursor
  ) {
    size.requireRoom(for: maker.contextLength)
    self.source = source
    self.maker = maker
    self.vocabularySize = vocabularySize
    self.size = size
    self.order = order
    self.cursor = cursor
    switch size {
    case .sequences(let count):
      windowTokenCount = Self.batchesInWindow * count * maker.contextLength
    case .tokens(let count): windowTokenCount = Self.batchesInWindow * count
    }
  }

  mutating func next() throws(InputError) -> PretrainingBatch? {
    // A second start without an example in between would be followed by others for ever.
    var starts = 0
    while starts < 2 {
      if order == .once, cursor.epoch > 0 { return nil }
      if cursor.position == 0, cursor.offset == 0, cursor.batch == 0 { starts += 1 }
      let window = try currentWindow()
      if cursor.batch < window.groups.count {
        let key = key("masks", window.start).split(cursor.batch)
        let batch = maker.batch(of: window.groups[cursor.batch], in: window.examples, key)
        cursor.batch += 1
        return batch
      }
      cursor = window.end
    }
    throw InputError(
      file: source.name, expected: "documents that make an example", found: "none")
  }

  private mutating func currentWindow() throws(InputError) -> Window {
    var start = cursor
    start.batch = 0
    if let window, window.start == start { return window }
    window = nil
    let made = makeWindow(start)
    try source.requireIds(below: vocabularySize, in: made.examples.ids)
    window = made
    return made
  }

  private func makeWindow(_ start: BatchCursor) -> Window {
    var window = Window(start: start, end: start)
    var random = RandomStream(key("examples", start))
    let permutation = order.key(epoch: start.epoch).map {
      Permutation(count: source.documentCount, key: $0.split("documents").bits)
    }
    let last = min(source.documentCount, start.position + Self.documentsInWindow)
    while window.end.position < last, window.examples.tokenCount < windowTokenCount {
      let position = window.end.position
      let rest = maker.appendExamples(
        of: permutation.map { $0[position] } ?? position, from: window.end.offset,
        until: windowTokenCount, &random, to: &window.examples)
      window.end.offset = rest ?? 0
      if rest == nil { window.end.position += 1 }
    }
    if window.end.position >= source.documentCount {
      (window.end.epoch, window.end.position) = (start.epoch + 1, 0)
    }
    window.groups = groups(of: window.examples, &random)
    return window
  }

  /// The batches of a window, each as the numbers of its examples.
  private func groups(
    of examples: ExampleList, _ random: inout RandomStream
  ) -> [[Int]] {
    let lengths = (0..<examples.count).map { examples.range($0).count - maker.overhang }
    let sorted = (0..<examples.count).sorted { (lengths[$0], $0) < (lengths[$1], $1) }
    let ranges =
      switch size {
      case .sequences(let limit): evenGroups(sorted.map { _ in 1 }, limit: limit)
      case .tokens(let limit): evenGroups(sorted.map { lengths[$0] }, limit: limit)
      }
    let groups = ranges.map { Array(sorted[$0]) }
    return order == .once ? groups : groups.shuffled(using: &random)
  }

  /// The key of a window: of its epoch when shuffled, of its place alone when not.
  private func key(_ name: String, _ start: BatchCursor) -> RandomKey {
    (order.key(epoch: start.epoch) ?? RandomKey(seed: 0, name: "validation")).split(name)
      .split(start.position).split(start.offset)
  }
}
