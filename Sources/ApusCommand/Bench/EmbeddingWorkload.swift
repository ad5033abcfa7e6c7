import Apus
import ApusFiles
import ApusModels
import ApusTensors
import ApusText

/// The vectors of 512 sentences by all-MiniLM-L6-v2, or by random weights of its shape.
///
/// Sentences and shape are those of `embed_bench.py` among the Python programs in `Tests/Peers`; only
/// a model's own tokenizer cuts them into as many tokens.
struct EmbeddingWorkload: Workload {
  let name = "embed"
  let inputs: Set<BenchInput> = [.text, .model]
  private static let sentenceCount = 512

  func measure(_ settings: BenchSettings) throws -> BenchResult {
    let lines = try BenchText.lines(settings.text)
    let embedder = try embedder(settings, lines)
    let sentences = try Self.sentences(lines)
    try check(embedder, sentences, settings)
    let peak = matrixPeak(settings.precision)
    let allocations = MemoryPool.statistics.systemAllocations
    let median = Stopwatch.times(seconds: settings.seconds) { _ = embedder.embed(sentences) }.median
    let systemAllocations = MemoryPool.statistics.systemAllocations - allocations
    return BenchResult(
      name: name, precision: settings.precision, seconds: median,
      items: Double(sentences.count), unit: "sentences",
      products: (
        try productCount(embedder, sentences) / median * 1e-9,
        max(peak, matrixPeak(settings.precision))
      ), systemAllocations: systemAllocations)
  }

  /// Sentences of 3 to 60 words, in the order of the text.
  static func sentences(_ lines: [String]) throws -> [String] {
    let words = lines.lazy.flatMap { $0.split(whereSeparator: \.isWhitespace) }
    var next = words.makeIterator()
    var random = MersenneTwister(seed: 1)
    return try (0..<sentenceCount).map { _ in
      let sentence = (0..<3 + random.index(below: 58)).compactMap { _ in next.next() }
      guard !sentence.isEmpty else {
        throw InputError(expected: "a text of more words", found: "\(words.count)")
      }
      return sentence.joined(separator: " ")
    }
  }

  private func embedder(
    _ settings: BenchSettings, _ lines: [String]
  ) throws -> TextEmbedder {
    var options = EmbeddingOptions(precision: settings.precision)
    if let model = settings.model { return try TextEmbedder(model, options) }
    (options.normalizes, options.maximumLength) = (true, 256)
    let tokenizer = try TokenizerWorkload(
      name: name, kind: .wordpiece, vocabularySize: Self.shape.vocabularySize, work: .encode
    ).train(on: lines)
    let encoder = BERT(Self.shape, hasPooler: false, in: ParameterStore(seed: 0).root)
    return try TextEmbedder(encoder, tokenizer, options)
  }

  private static let shape = BERTConfig(
    vocabularySize: 30_522, contextLength: 512, hiddenSize: 384, layerCount: 6, headCount: 12)

  /// A sentence has the same vector among others as alone.
  private func check(
    _ embedder: TextEmbedder, _ sentences: [String], _ settings: BenchSettings
  ) throws {
    let vectors = embedder.embed(sentences)
    let least: Float = settings.precision == .fp32 ? 0.99999 : 0.999
    for index in stride(from: 0, to: sentences.count, by: 37) {
      let (among, alone) = (vectors[index], embedder.embed(sentences[index]))
      let cosine = dot(among, alone) / (dot(among, among) * dot(alone, alone)).squareRoot()
      guard cosine >= least else {
        throw WrongResult(
          workload: name, expected: "sentence \(index + 1) as it is alone",
          found: "cosine \(cosine)")
      }
    }
  }

  private func dot(_ a: [Float], _ b: [Float]) -> Float {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// Two operations for each weight of the blocks and each token.
  private func productCount(
    _ embedder: TextEmbedder, _ sentences: [String]
  ) throws -> Double {
    let tokens = try embedder.tokenizer.ids(
      of: sentences, limit: Truncation(maximumLength: embedder.maximumLength),
      threadCount: Processor.threadCount)
    let shape = embedder.transformer
    let weights = shape.hiddenSize * (4 * shape.hiddenSize + 2 * shape.intermediateSize)
    return 2 * Double(tokens.reduce(0) { $0 + $1.count }) * Double(shape.layerCount * weights)
  }
}
