import Apus
import ApusDecoding
import ApusFiles
import ApusModels
import ApusTensors
import ApusTraining

/// Beam search of width 5 by a translator of a recipe's shape and random weights, 512 made-up
/// sources at 14 tokens each; or by a trained one, for the lines of a text.
///
/// Shapes and sources are those of `translate_bench.py` among the Python programs in `Tests/Peers`.
struct TranslationWorkload: Workload {
  let name: String
  let inputs: Set<BenchInput> = [.text, .model]
  private let config: TranslatorConfig

  static let all = [
    TranslationWorkload(name: "translate-seq2seq", config: recurrent),
    TranslationWorkload(name: "translate-transformer", config: transformer),
  ]

  private static let recurrent = TranslatorConfig(
    .recurrent(RecurrentTranslation(embeddingSize: 128, hiddenSize: 256)),
    sourceVocabularySize: 10_000, targetVocabularySize: 10_000, start: 1, end: 2)

  private static let transformer: TranslatorConfig = {
    var network = TransformerTranslation(hiddenSize: 256, layerCount: 3, headCount: 4)
    network.intermediateSize = 512
    var config = TranslatorConfig(
      .transformer(network), sourceVocabularySize: 8000, targetVocabularySize: 8000, start: 1,
      end: 2)
    (config.sharesEmbeddings, config.tiedEmbeddings) = (true, true)
    return config
  }()

  func measure(_ settings: BenchSettings) throws -> BenchResult {
    guard let text = settings.text, let directory = settings.model else {
      guard settings.text == nil, settings.model == nil else {
        throw InputError(
          expected: "--model and --text together for \(name)", found: "one of the two")
      }
      return try measureMadeUp(settings)
    }
    let translator = try TextTranslator(directory, precision: settings.precision)
    let lines = try ParallelText.lines(of: text)
    return try result(of: lines.count, settings) { _ = try translator.translate(lines) }
  }

  private func measureMadeUp(_ settings: BenchSettings) throws -> BenchResult {
    let model = Translator(config, in: ParameterStore(seed: 0).root)
    var random = MersenneTwister(seed: 1)
    let first = Int(config.end) + 1
    let sources = (0..<512).map { _ in
      (0..<5 + random.index(below: 16)).map { _ in
        Int32(first + random.index(below: config.sourceVocabularySize - first))
      } + [config.end]
    }
    var search = TranslationSearch(width: 5)
    (search.minimumTokenCount, search.tokenCount) = (14, 14)
    func translate(_ sources: [[Int32]]) throws -> [[Beam]] {
      try model.translations(of: sources, search, .evaluation(settings.precision))
    }
    try check(translate, sources, settings)
    return try result(of: sources.count, settings) { _ = try translate(sources) }
  }

  private func result(
    of count: Int, _ settings: BenchSettings, _ translate: () throws -> Void
  ) throws -> BenchResult {
    try translate()
    let allocations = MemoryPool.statistics.systemAllocations
    let median = try Stopwatch.times(seconds: settings.seconds, translate).median
    return BenchResult(
      name: name, precision: settings.precision, seconds: median, items: Double(count),
      unit: "sentences", systemAllocations: MemoryPool.statistics.systemAllocations - allocations)
  }

  /// A source has the same best score among others as alone, and as many tokens as were asked for.
  private func check(
    _ translate: ([[Int32]]) throws -> [[Beam]], _ sources: [[Int32]], _ settings: BenchSettings
  ) throws {
    let limit: Float = settings.precision == .fp32 ? 1e-3 : 0.05
    let found = try translate(sources)
    for index in stride(from: 0, to: sources.count, by: 97) {
      let alone = try translate([sources[index]])[0]
      guard let (one, other) = zip(found[index], alone).first(where: { _ in true }),
        one.tokens.count == 14, abs(one.score - other.score) <= limit * abs(other.score)
      else {
        throw WrongResult(
          workload: name, expected: "\(alone) for source \(index + 1), as alone",
          found: "\(found[index])")
      }
    }
  }
}
