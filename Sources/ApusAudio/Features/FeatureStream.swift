/// The features of an utterance whose samples come in parts: the same frames, to the bit, as those of
/// the whole.
///
/// Frames come as soon as what they depend on has; with normalisation over the utterance that is
/// its end.
public struct FeatureStream {
  private let extractor: FeatureExtractor
  private let dither: Dither
  private var ending: FrameEnding
  /// The samples that frames still need, and the number of the first of them.
  private var samples: [Float] = []
  private var first = 0
  private var next = 0

  init(_ extractor: FeatureExtractor) {
    precondition(
      extractor.settings.kind != .file, "FeatureStream: expected features of samples")
    self.extractor = extractor
    dither = Dither(extractor.settings)
    ending = FrameEnding(extractor.settings)
  }

  /// The number of samples so far.
  public var sampleCount: Int { first + samples.count }

  /// Takes more samples.
  ///
  /// - Returns: The frames that are known with them: [T, width].
  public mutating func append(_ new: [Float]) -> [Float] {
    samples += dither.added(to: new, at: sampleCount)
    let framing = extractor.frames.framing
    let end =
      extractor.settings.kind == .waveform ? sampleCount : framing.countWithin(sampleCount)
    let rows = rows(to: end, total: .max)
    return ending.append(rows)
  }

  /// Ends the utterance.
  ///
  /// - Returns: The last frames: [T, width].
  public mutating func finish() -> [Float] {
    let rows = rows(to: extractor.frameCount(sampleCount), total: sampleCount)
    let answers = ending.append(rows)
    let last = ending.finish()
    return answers.isEmpty ? last : answers + last
  }

  private mutating func rows(to end: Int, total: Int) -> [Float] {
    guard next < end else { return [] }
    let rows = samples.withUnsafeBufferPointer {
      extractor.frames.rows(
        next..<end, of: SampleWindow(samples: $0, first: first, total: total))
    }
    next = end
    dropStaleSamples()
    return rows
  }

  /// Forgets samples before the next frame, but not those that the end may reflect.
  private mutating func dropStaleSamples() {
    let framing = extractor.frames.framing
    let kept =
      extractor.settings.kind == .waveform
      ? sampleCount
      : max(0, min(framing.first(next), sampleCount - 2 * framing.windowLength))
    guard kept > first else { return }
    samples.removeFirst(kept - first)
    first = kept
  }
}
