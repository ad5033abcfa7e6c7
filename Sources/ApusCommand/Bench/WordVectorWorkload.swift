import ApusFiles
import ApusText
import ApusTraining
import ApusVectors
import Foundation

/// Skip-gram on 8 MB of text, from the file to the vectors: 100 values, window 5, 5 negatives, words seen
/// 5 times, one pass.
///
/// Text and settings are those of `word2vec_bench.py` among the Python programs in `Tests/Peers`.
struct WordVectorWorkload: Workload {
  let name = "skip-gram"
  let inputs: Set<BenchInput> = [.text]

  func measure(_ settings: BenchSettings) throws -> BenchResult {
    let lines = try BenchText.lines(settings.text)
    let wordCount = lines.reduce(0) { $0 + $1.split(whereSeparator: \.isWhitespace).count }
    let file = FileManager.default.temporaryDirectory
      .appending(path: "apus-bench-\(UUID().uuidString).txt")
    try Data(lines.joined(separator: "\n").utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let corpus = try Corpus([file.path], documents: .lines)
    let recipe = try recipe
    try check(try WordVectors(learntFrom: corpus, by: recipe))
    let times = try Stopwatch.times(seconds: settings.seconds) {
      _ = try WordVectors(learntFrom: corpus, by: recipe)
    }
    return BenchResult(
      name: name, seconds: times.median, items: Double(wordCount), unit: "words")
  }

  private var recipe: Recipe {
    get throws {
      var recipe = try Recipe.builtIn(named: "skipgram")
      (recipe.tokenizer.lowercases, recipe.tokenizer.splitsAtWhitespace) = (false, true)
      recipe.training.epochs = 1
      return recipe
    }
  }

  /// The vectors of frequent words have moved far from where they began, but not out of sight.
  private func check(_ vectors: WordVectors) throws {
    let values = vectors.vectors.rows(0..<min(100, vectors.count)).floatElements
    let mean = values.reduce(0) { $0 + $1 * $1 } / Float(values.count)
    guard vectors.dimension == 100, 1e-4...10 ~= mean else {
      throw WrongResult(
        workload: name, expected: "values of a mean square from 0.0001 to 10", found: "\(mean)")
    }
  }
}
