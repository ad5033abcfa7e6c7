import ApusFiles
import ApusTensors
import ApusText
import Foundation

/// Encoding or training on 8 MB of text, a line at a time; tokenizers are trained on it first.
struct TokenizerWorkload: Workload {
  enum Work { case encode, train }

  let name: String
  let kind: TokenizerTrainer.Kind
  let vocabularySize: Int
  let work: Work

  var inputs: Set<BenchInput> { work == .encode ? [.text, .tokenizer] : [.text] }

  static let all = [
    TokenizerWorkload(
      name: "wordpiece-encode", kind: .wordpiece, vocabularySize: 30_522, work: .encode),
    TokenizerWorkload(name: "bpe-encode", kind: .bpe, vocabularySize: 16_000, work: .encode),
    TokenizerWorkload(
      name: "unigram-encode", kind: .unigram, vocabularySize: 8000, work: .encode),
    TokenizerWorkload(name: "bpe-train", kind: .bpe, vocabularySize: 16_000, work: .train),
    TokenizerWorkload(name: "unigram-train", kind: .unigram, vocabularySize: 8000, work: .train),
  ]

  func measure(_ settings: BenchSettings) throws -> BenchResult {
    let lines = try BenchText.lines(settings.text)
    let times =
      switch work {
      case .encode: try encodingTimes(lines, settings)
      case .train: try trainingTimes(lines, settings)
      }
    return BenchResult(
      name: name, seconds: times.median, items: Double(BenchText.byteCount) * 1e-6, unit: "MB")
  }

  private func encodingTimes(_ lines: [String], _ settings: BenchSettings) throws -> [Double] {
    let tokenizer =
      try settings.tokenizer.map { try Tokenizer(contentsOf: $0) } ?? train(on: lines)
    // Files may state a limit; whole lines are what is timed.
    var whole = tokenizer
    whole.truncation = nil
    try check(whole, lines)
    return try Stopwatch.times(seconds: settings.seconds) {
      _ = try whole.ids(of: lines, threadCount: Processor.threadCount)
    }
  }

  /// Many texts at once give what each gives alone, where every token knows its place in the text.
  private func check(_ tokenizer: Tokenizer, _ lines: [String]) throws {
    let some = Array(lines.prefix(500))
    let all = try tokenizer.ids(of: some, threadCount: Processor.threadCount)
    for (line, ids) in zip(some, all) where tokenizer.encode(line).ids != ids {
      throw WrongResult(
        workload: name, expected: "\(tokenizer.encode(line).ids.prefix(8))…",
        found: "\(ids.prefix(8))…")
    }
  }

  private func trainingTimes(_ lines: [String], _ settings: BenchSettings) throws -> [Double] {
    try withCorpus(lines) { corpus in
      let trained = try trainer.train(on: corpus).tokenizer
      let found = trained.decode(trained.encode(lines[0]).ids)
      // Unigram's normalizer changes text, but not what it has made.
      let sample = kind == .unigram ? trained.decode(trained.encode(found).ids) : lines[0]
      guard trained.vocabularySize <= vocabularySize, found == sample else {
        throw WrongResult(workload: name, expected: sample, found: found)
      }
      return try Stopwatch.times(seconds: settings.seconds) { _ = try trainer.train(on: corpus) }
    }
  }

  private var trainer: TokenizerTrainer {
    var trainer = TokenizerTrainer(kind, vocabularySize: vocabularySize, minimumFrequency: 1)
    trainer.threadCount = Processor.threadCount
    return trainer
  }

  func train(on lines: [String]) throws -> Tokenizer {
    try withCorpus(lines) { try trainer.train(on: $0).tokenizer }
  }

  /// Lines as a file, which is what corpora are read from.
  private func withCorpus<Result>(
    _ lines: [String], _ body: (Corpus) throws -> Result
  ) throws -> Result {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "apus-bench-\(UUID().uuidString).txt")
    try Data(lines.joined(separator: "\n").utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try body(Corpus([file.path], documents: .lines))
  }
}
