/// A text in pieces, written while they are waited for.
public struct TextStream: AsyncSequence, Sendable {
  let generator: TextGenerator
  let prompt: String
  let options: TextGenerator.Options

  public func makeAsyncIterator() -> Iterator {
    Iterator(writer: Writer(generator: generator, prompt: prompt, options: options))
  }

  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let writer: Writer

    /// The next piece, of whole characters; nil at the end.
    public func next() async throws -> String? { try await writer.next() }
  }

  /// The session of one iteration, on the thread that decodes.
  fileprivate actor Writer {
    private let generator: TextGenerator
    private let prompt: String
    private let options: TextGenerator.Options
    private var isStarted = false
    /// Nil before the start and after the end.
    private var session: TextSession?

    init(generator: TextGenerator, prompt: String, options: TextGenerator.Options) {
      self.generator = generator
      self.prompt = prompt
      self.options = options
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor {
      DecodingThread.shared.asUnownedSerialExecutor()
    }

    func next() async throws -> String? {
      try Task.checkCancellation()
      if !isStarted {
        isStarted = true
        session = try TextSession([prompt], options, of: generator)
      }
      // Taken out, so that the cache has one holder and is extended in place.
      guard var session = session.take() else { return nil }
      while let pieces = try session.next() {
        if !pieces.isEmpty {
          self.session = session
          return pieces.map(\.piece).joined()
        }
        // Other streams get their turn after each token.
        await Task.yield()
        try Task.checkCancellation()
      }
      return nil
    }
  }
}

extension TextGenerator {
  /// Continues texts of any lengths, side by side, without blocking the calling thread.
  ///
  /// - Throws: `CancellationError` at the next token once the task is cancelled; what the form
  ///   without `await` throws.
  public func generate(
    _ prompts: [String], _ options: Options = Options(), numberedFrom first: Int = 0
  ) async throws -> [GeneratedText] {
    try await Batch().run(prompts, options, numberedFrom: first, self)
  }

  private actor Batch {
    nonisolated var unownedExecutor: UnownedSerialExecutor {
      DecodingThread.shared.asUnownedSerialExecutor()
    }

    func run(
      _ prompts: [String], _ options: Options, numberedFrom first: Int, _ generator: TextGenerator
    ) async throws -> [GeneratedText] {
      var session = try TextSession(prompts, options, numberedFrom: first, of: generator)
      while try session.next() != nil {
        await Task.yield()
        try Task.checkCancellation()
      }
      return session.texts
    }
  }
}
