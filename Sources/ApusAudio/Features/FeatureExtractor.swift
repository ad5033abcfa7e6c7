import ApusFiles

/// Makes frames of features from samples.
///
/// Everything that depends on the settings alone (window, filters, plan of the transform) is made
/// once; an extractor may be used by any number of threads.
public final class FeatureExtractor: Sendable {
  public let settings: FeatureSettings
  let frames: FrameTransform

  /// - Throws: `InputError` naming the field of settings that make no features.
  public init(_ settings: FeatureSettings) throws {
    try settings.validate()
    self.settings = settings
    frames = FrameTransform(settings)
  }

  /// The number of values a frame.
  public var width: Int { settings.width }

  /// The number of frames of so many samples.
  public func frameCount(_ sampleCount: Int) -> Int {
    switch settings.kind {
    case .waveform: sampleCount
    case .file: 0
    case .spectrogram, .logMel, .mfcc: frames.framing.count(sampleCount)
    }
  }

  /// The features of an utterance, on the threads of the kernels' team.
  ///
  /// - Parameter samples: Of one channel, at the settings' rate, finite.
  /// - Returns: [T, width], row after row.
  public func features(of samples: [Float]) -> [Float] {
    precondition(settings.kind != .file, "FeatureExtractor: expected frames of a file, got samples")
    let noisy = Dither(settings).added(to: samples, at: 0)
    let count = frameCount(noisy.count)
    return finished(
      noisy.withUnsafeBufferPointer {
        frames.rows(0..<count, of: SampleWindow(samples: $0, first: 0, total: noisy.count))
      })
  }

  /// The features of frames that were computed elsewhere: with deltas, and normalised.
  ///
  /// - Parameter rows: [T, width without deltas]
  /// - Returns: [T, width]
  public func features(ofFrames rows: [Float]) -> [Float] {
    precondition(
      rows.count.isMultiple(of: settings.staticWidth),
      "FeatureExtractor: expected rows of \(settings.staticWidth)")
    return finished(rows)
  }

  /// An utterance whose samples come in parts.
  public func stream() -> FeatureStream { FeatureStream(self) }

  private func finished(_ rows: [Float]) -> [Float] {
    var ending = FrameEnding(settings)
    let most = ending.append(rows)
    let rest = ending.finish()
    return most.isEmpty ? rest : rest.isEmpty ? most : most + rest
  }
}

/// What is done to frames behind their computation: deltas, then normalisation.
struct FrameEnding {
  private var deltas: Deltas?
  private var normalizer: Normalizer

  init(_ settings: FeatureSettings) {
    if settings.deltaOrder > 0 {
      deltas = Deltas(width: settings.staticWidth, order: settings.deltaOrder)
    }
    normalizer = Normalizer(settings)
  }

  mutating func append(_ rows: [Float]) -> [Float] {
    normalizer.append(deltas?.append(rows) ?? rows)
  }

  mutating func finish() -> [Float] {
    let last = normalizer.append(deltas?.finish() ?? [])
    let held = normalizer.finish()
    return last.isEmpty ? held : last + held
  }
}
