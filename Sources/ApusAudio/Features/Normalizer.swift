/// Normalises the frames of one utterance as they come.
struct Normalizer {
  private let normalization: FeatureNormalization
  private let isWaveform: Bool
  private let width: Int
  /// The frames of an utterance whose end must be known first.
  private var held: [Float] = []
  /// Running weights and moments.
  private var weight = 0.0
  private var means, variances: [Double]

  init(_ settings: FeatureSettings) {
    normalization = settings.normalization
    isWaveform = settings.kind == .waveform
    width = settings.width
    means = [Double](repeating: 0, count: width)
    variances = means
  }

  mutating func append(_ frames: [Float]) -> [Float] {
    var frames = frames
    switch normalization {
    case .none: break
    case .utterance:
      if held.isEmpty { held = frames } else { held += frames }
      return []
    case .global(let mean, let deviation):
      scale(&frames) { column, value in (value - mean[column]) / deviation[column] }
    case .streaming(let memory): normalizeRunning(&frames, memory)
    }
    return frames
  }

  mutating func finish() -> [Float] {
    guard normalization == .utterance, !held.isEmpty else { return [] }
    var moments = FeatureMoments(width: width)
    moments.add(held)
    var frames: [Float] = []
    swap(&frames, &held)
    let mean = moments.mean
    let deviation =
      isWaveform
      ? moments.variance.map { Float(($0 + FeatureNormalization.waveformVariance).squareRoot()) }
      : moments.deviation
    scale(&frames) { column, value in (value - mean[column]) / deviation[column] }
    return frames
  }

  private func scale(_ frames: inout [Float], _ body: (Int, Float) -> Float) {
    for start in stride(from: 0, to: frames.count, by: width) {
      for column in 0..<width { frames[start + column] = body(column, frames[start + column]) }
    }
  }

  /// - Source: the weighted recurrences of West, Communications of the ACM 22(9), 1979.
  private mutating func normalizeRunning(_ frames: inout [Float], _ memory: Double) {
    let decay = 1 - 1 / memory
    for start in stride(from: 0, to: frames.count, by: width) {
      let kept = decay * weight
      weight = kept + 1
      for column in 0..<width {
        let value = Double(frames[start + column])
        let difference = value - means[column]
        means[column] += difference / weight
        variances[column] =
          (kept * variances[column] + difference * (value - means[column])) / weight
        let deviation = max(FeatureNormalization.leastDeviation, variances[column].squareRoot())
        frames[start + column] = Float((value - means[column]) / deviation)
      }
    }
  }
}
