import Synchronization

/// The working memory of one encoding in progress.
final class TokenizerScratch {
  let cache = WordCache()
  let normalized = AlignedText()
  let rewritten = AlignedText()
  var pieces: [Range<Int>] = []
  var tokens: [PieceToken] = []
}

/// Working memories not in use, so that each thread that encodes has one of its own.
final class TokenizerScratchPool: Sendable {
  /// A scratch is in one place at a time: in the pool or with the one who took it.
  private struct Box: @unchecked Sendable { let scratch: TokenizerScratch }

  private let idle = Mutex<[Box]>([])

  func with<Result>(_ body: (TokenizerScratch) throws -> Result) rethrows -> Result {
    let box = idle.withLock { $0.popLast() } ?? Box(scratch: TokenizerScratch())
    defer { idle.withLock { $0.append(box) } }
    return try body(box.scratch)
  }
}
