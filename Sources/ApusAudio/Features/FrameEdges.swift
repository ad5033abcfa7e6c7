/// Which frames an utterance has, and what stands where a frame reaches beyond its ends.
public enum FrameEdges: String, Sendable, CaseIterable {
  /// Only whole windows, the first at the first sample.
  case snip
  /// A transform centred on every step from the first sample on, its window in the middle of it,
  /// with zeros beyond the ends.
  case zeros
  /// The same, the samples reflected at the first and the last one, which stand once.
  case reflect
  /// Kaldi's frames without snipping: centred on half steps, reflected with the ends standing
  /// twice.
  case mirror
}

/// Where frames lie in an utterance.
struct Framing: Sendable {
  let edges: FrameEdges
  let windowLength, transformSize, step: Int

  /// The number of frames of an utterance of so many samples.
  func count(_ samples: Int) -> Int {
    switch edges {
    case .snip: samples < windowLength ? 0 : 1 + (samples - windowLength) / step
    case .zeros, .reflect:
      // An odd transform has its middle sample on the step.
      samples == 0 ? 0 : 1 + (samples - transformSize % 2) / step
    case .mirror: (samples + step / 2) / step
    }
  }

  /// The first sample of a frame, perhaps before that of the utterance.
  func first(_ frame: Int) -> Int {
    switch edges {
    case .snip: frame * step
    case .zeros, .reflect:
      frame * step - transformSize / 2 + (transformSize - windowLength) / 2
    case .mirror: frame * step + step / 2 - windowLength / 2
    }
  }

  /// How many samples must have come before a frame can be had that does not reach the end.
  func needed(_ frame: Int) -> Int {
    let first = first(frame)
    // A reflected beginning reads as far as it reaches before it.
    return max(first + windowLength, 1 - first)
  }

  /// The number of frames that so many samples give for certain, whatever comes behind them.
  func countWithin(_ samples: Int) -> Int {
    var frames = max(0, (samples - windowLength) / step - 1)
    while needed(frames) <= samples { frames += 1 }
    return frames
  }

  /// The sample that stands at an index beyond the ends of `count` samples; nil for a zero.
  func source(_ index: Int, of count: Int) -> Int? {
    var index = index
    switch edges {
    case .snip, .zeros: return 0..<count ~= index ? index : nil
    case .reflect:
      if count == 1 { return 0 }
      while !(0..<count ~= index) { index = index < 0 ? -index : 2 * (count - 1) - index }
    case .mirror:
      while !(0..<count ~= index) { index = index < 0 ? -1 - index : 2 * count - 1 - index }
    }
    return index
  }
}
