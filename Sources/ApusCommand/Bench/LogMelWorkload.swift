import ApusAudio
import ApusTensors

/// Log-mel features of 60 s of noise: 80 bands, windows of 25 ms every 10 ms, at 16 kHz.
///
/// The work is that of `log_mel_bench.py` among the Python programs in `Tests/Peers`.
struct LogMelWorkload: Workload {
  let name = "log-mel"
  private static let (rate, seconds) = (16_000, 60)

  func measure(_ settings: BenchSettings) throws -> BenchResult {
    var features = FeatureSettings.logMel(sampleRate: Self.rate)
    features.normalization = .none
    let extractor = try FeatureExtractor(features)
    var draws = RandomStream(RandomKey(seed: 1, name: name))
    let samples = (0..<Self.seconds * Self.rate).map { _ in Float(draws.normal()) }
    try check(extractor, samples)
    let times = Stopwatch.times(seconds: settings.seconds) { _ = extractor.features(of: samples) }
    return BenchResult(
      name: name, seconds: times.median, items: Double(Self.seconds), unit: "seconds of audio")
  }

  /// White noise has a flat spectrum, so that filters of equal area give bands of about one mean.
  private func check(_ extractor: FeatureExtractor, _ samples: [Float]) throws {
    let frames = extractor.features(of: samples)
    let count = 1 + samples.count / (Self.rate / 100)
    let means = (0..<80).map { band in
      stride(from: band, to: frames.count, by: 80).reduce(0) { $0 + frames[$1] } / Float(count)
    }
    guard frames.count == 80 * count, let least = means.min(), let most = means.max(),
      most - least < 1.5, frames.allSatisfy({ $0.isFinite })
    else {
      throw WrongResult(
        workload: name, expected: "\(count) frames of 80 bands of about one mean",
        found: "\(frames.count) values with means from \(means.min() ?? 0) to \(means.max() ?? 0)")
    }
  }
}
