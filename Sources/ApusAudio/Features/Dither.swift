import CApusKernels

/// Weak noise that keeps logarithms of digital silence from falling to their floor.
///
/// The noise is a function of the sample's number, so that the same audio has the same features.
struct Dither {
  private static let (key, chunk): (UInt64, Int) = (0x6469_7468_6572, 4096)

  /// The deviation for samples before they are scaled.
  private let deviation: Float

  init(_ settings: FeatureSettings) {
    deviation = Float(settings.dither / settings.sampleScale)
  }

  /// Samples with their noise, the first of them being the `first`-th of the utterance.
  func added(to samples: [Float], at first: Int) -> [Float] {
    guard deviation > 0, !samples.isEmpty else { return samples }
    var samples = samples
    var noise = [Float](repeating: 0, count: Self.chunk)
    let end = first + samples.count
    for chunk in first / Self.chunk...(end - 1) / Self.chunk {
      apus_random_normal(Self.key, UInt64(chunk), deviation, &noise, Int64(Self.chunk))
      let start = chunk * Self.chunk
      for index in max(first, start)..<min(end, start + Self.chunk) {
        samples[index - first] += noise[index - start]
      }
    }
    return samples
  }
}
