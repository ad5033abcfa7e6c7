import ApusDecoding
import ApusFiles
import ApusTensors
import Dispatch
import Glibc

/// Prefix beam search of width 100 without a language model: 16 utterances of 400 frames of 29 classes
/// with peaks, each thread its own.
struct CTCBeamWorkload: Workload {
  let name = "ctc-beam"
  private static let (utteranceCount, frameCount) = (16, 400)
  /// CRC-32C of the lines that Tests/Peers/speed/ctc_beam_bench.py writes, without the last one's end.
  private static let checksum: UInt32 = 2_293_189_500
  private static let tokens = [""] + " 'abcdefghijklmnopqrstuvwxyz".map { String($0) }

  func measure(_ settings: BenchSettings) throws -> BenchResult {
    let alphabet = try CTCAlphabet(tokens: Self.tokens, blank: 0, separator: 1)
    let language = try CTCLanguage(alphabet)
    let options = try CTCBeamOptions(width: 100)
    let utterances = Self.logits()
    func readings() throws -> [CTCHypothesis] {
      var results = [Result<[CTCHypothesis], any Error>](
        repeating: .success([]), count: utterances.count)
      let threadCount = Processor.threadCount
      results.withUnsafeMutableBufferPointer { results in
        nonisolated(unsafe) let results = results
        DispatchQueue.concurrentPerform(iterations: threadCount) { thread in
          for index in stride(from: thread, to: utterances.count, by: threadCount) {
            results[index] = Result {
              try ctcBeamSearch(utterances[index], alphabet, options, language)
            }
          }
        }
      }
      return try results.flatMap { try $0.get() }
    }
    let found = try readings()
    let checksum = CRC32C.checksum(found.map(\.text).joined(separator: "\n").utf8)
    guard checksum == Self.checksum else {
      throw WrongResult(
        workload: name, expected: "the \(found.count) readings of pyctcdecode", found: "others")
    }
    // The sum over alignments of a text is no less than the best of them.
    for (reading, logits) in zip(found, utterances) {
      let best = try ctcGreedySearch(logits, alphabet)
      guard reading.acousticScore >= best.acousticScore else {
        throw WrongResult(
          workload: name, expected: "at least \(best.acousticScore)",
          found: "\(reading.acousticScore)")
      }
    }
    let times = try Stopwatch.times(seconds: settings.seconds) { _ = try readings() }
    return BenchResult(
      name: name, seconds: times.median, items: Double(utterances.count), unit: "utterances")
  }

  /// Normal noise, blanks above it, and other labels far above both at three frames of ten.
  private static func logits() -> [Tensor] {
    var random = MersenneTwister(seed: 0)
    func normal(_ random: inout MersenneTwister) -> Double {
      let radius = sqrt(-2 * log(1 - random.uniform()))
      return radius * cos(2 * .pi * random.uniform())
    }
    return (0..<utteranceCount).map { _ in
      var values: [Float] = []
      for _ in 0..<frameCount {
        var row = tokens.map { _ in normal(&random) }
        row[0] += 3
        if random.uniform() < 0.3 { row[1 + Int(28 * random.uniform())] += 8 }
        values += row.map { Float($0) }
      }
      return Tensor(values, [frameCount, tokens.count])
    }
  }
}
