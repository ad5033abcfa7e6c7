import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText
import ApusTraining
import Synchronization

/// Training steps on sentences of natural lengths, in batches of like length.
///
/// The sentences of a file are sorted by length and cut into batches, of which some are taken, spread
/// evenly over all lengths: one repetition is a step on each. Files, batches and models are those of
/// `natural_bench.py` among the Python programs in `Tests/Peers`, which packs its sequences.
struct NaturalWorkload: Workload {
  let name: String
  let trains = true
  let needs: Set<BenchInput>
  private let load: @Sendable (BenchSettings) throws -> TrainingWorkload

  var inputs: Set<BenchInput> { needs }

  func measure(_ settings: BenchSettings) throws -> BenchResult {
    try load(settings).measure(settings)
  }

  static let all = [
    NaturalWorkload(name: "natural-conll", needs: [.data], load: { try tagger($0) }),
    NaturalWorkload(
      name: "natural-multi30k", needs: [.source, .target], load: { try translator($0) }),
  ]

  /// An LSTM in both directions under a label a word, 32 sentences a batch.
  private static func tagger(_ settings: BenchSettings) throws -> TrainingWorkload {
    let size = 100
    let sentences = try TaggedCorpus(contentsOf: settings.data ?? "").sentences
    let words = Numbering(sentences.map(\.words), first: 0, limit: .max)
    let labels = Numbering(sentences.map(\.tags), first: 0, limit: .max)
    let examples = try batches(sentences.map(\.words.count), size: 32, count: 64).map { numbers in
      (
        words: Sequences(ids: numbers.map { words.ids[$0] }),
        labels: Tensor(numbers.flatMap { labels.ids[$0] })
      )
    }
    let tokens = examples.reduce(0) { $0 + $1.labels.count }
    return TrainingWorkload(
      name: "natural-conll", itemCount: tokens, stepCount: examples.count,
      classCount: labels.count,
      operations: Double(6 * tokens * (2 * 8 * size * size + 2 * size * labels.count)),
      optimizer: OptimizerRecipe(kind: .adam, learningRate: 1e-3), clipNorm: 5
    ) { scope, _ in
      let table = Embedding(count: words.count, size: size, in: scope / "e")
      let network = RecurrentNetwork(
        RecurrentOptions(.lstm, inputSize: size, size: size, isBidirectional: true),
        in: scope / "r")
      let head = Linear(2 * size, labels.count, in: scope / "o")
      let cycle = Cycle(examples.count)
      return { mode in
        let batch = examples[cycle.next()]
        let states = network(batch.words.map { table($0) }, mode).outputs.values
        return linearCrossEntropy(
          states, head.weight.value, head.bias?.value, targets: batch.labels)
      }
    }
  }

  /// The translator of `seq2seq`, 64 pairs a batch.
  private static func translator(_ settings: BenchSettings) throws -> TrainingWorkload {
    let (vocabulary, size) = (10_000, 512)
    let text = try ParallelText(source: settings.source ?? "", target: settings.target ?? "")
    // 0 stands for the unknown, 1 for the start and 2 for the end.
    func numbering(_ lines: [String]) -> Numbering {
      Numbering(
        lines.map { $0.split(separator: " ").map(String.init) }, first: 3, limit: vocabulary)
    }
    let (sources, targets) = (numbering(text.sources), numbering(text.targets))
    let lengths = zip(sources.ids, targets.ids).map { max($0.count, $1.count + 1) }
    let examples = try batches(lengths, size: 64, count: 16).map { numbers in
      (
        sources: Sequences(ids: numbers.map { sources.ids[$0] }),
        inputs: Sequences(ids: numbers.map { [1] + targets.ids[$0] }),
        targets: Tensor(numbers.flatMap { targets.ids[$0] + [2] })
      )
    }
    let config = TrainingWorkload.luongConfig(vocabulary: vocabulary, size: size)
    let sourceTokens = examples.reduce(0) { $0 + $1.sources.elementCount }
    let tokens = examples.reduce(0) { $0 + $1.targets.count }
    // Encoder 12, decoder 16, attention's map 1 and combination 2 matrices of size × size a token.
    let operations =
      6.0 * Double(size)
      * (Double(12 * size * sourceTokens) + Double((19 * size + vocabulary) * tokens))
    return TrainingWorkload(
      name: "natural-multi30k", itemCount: tokens, unit: "target tokens",
      stepCount: examples.count, classCount: vocabulary, operations: operations,
      optimizer: OptimizerRecipe(kind: .adam, learningRate: 1e-3), clipNorm: 5
    ) { scope, _ in
      let model = Translator(config, in: scope)
      let cycle = Cycle(examples.count)
      return { mode in
        let batch = examples[cycle.next()]
        return model.loss(batch.sources, inputs: batch.inputs, targets: batch.targets, mode)
      }
    }
  }

  /// Some of the batches of like length, by the numbers of their sentences, in mixed order.
  private static func batches(_ lengths: [Int], size: Int, count: Int) throws -> [[Int]] {
    let sorted = lengths.indices.sorted { (lengths[$0], $0) < (lengths[$1], $1) }
    let all = stride(from: 0, through: sorted.count - size, by: size).map {
      Array(sorted[$0..<$0 + size])
    }
    guard all.count >= count else {
      throw InputError(expected: "\(count * size) sentences or more", found: "\(sorted.count)")
    }
    return (0..<count).map { all[$0 * 37 % count * all.count / count] }
  }
}

/// Texts in numbers: of each word, in the order in which words first come.
private struct Numbering {
  let ids: [[Int32]]
  let count: Int

  /// - Parameters:
  ///   - texts: The words of each.
  ///   - first: The first word's number.
  ///   - limit: Words that would get this number or a higher one are all 0.
  init(_ texts: [[String]], first: Int, limit: Int) {
    var known: [String: Int32] = [:]
    ids = texts.map { words in
      words.map { word in
        if let id = known[word] { return id }
        guard first + known.count < limit else { return 0 }
        let id = Int32(first + known.count)
        known[word] = id
        return id
      }
    }
    count = first + known.count
  }
}

/// Numbers below a limit, again and again.
private final class Cycle: Sendable {
  private let count: Int
  private let place = Mutex(0)

  init(_ count: Int) { self.count = count }

  func next() -> Int {
    place.withLock { place in
      defer { place = (place + 1) % count }
      return place
    }
  }
}
