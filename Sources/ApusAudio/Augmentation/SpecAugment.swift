/// Masks random runs of frames and of frequencies.
///
/// - Source: Park et al., Interspeech 2019, without time warping, which it found to matter least.
public struct SpecAugment: Sendable, Equatable {
  /// How many runs of frames are masked, and the longest in frames.
  public var timeMasks: Int
  public var timeWidth: Int
  /// The longest run as a share of the utterance, so that short ones keep their words.
  public var timeShare: Double
  /// How many runs of frequencies are masked, and the widest.
  public var frequencyMasks: Int
  public var frequencyWidth: Int

  public init(
    timeMasks: Int = 2, timeWidth: Int = 40, timeShare: Double = 0.1, frequencyMasks: Int = 2,
    frequencyWidth: Int = 15
  ) {
    self.timeMasks = timeMasks
    self.timeWidth = timeWidth
    self.timeShare = timeShare
    self.frequencyMasks = frequencyMasks
    self.frequencyWidth = frequencyWidth
  }

  /// Sets masked values to 0, the mean of normalised features.
  ///
  /// - Parameters:
  ///   - frames: [T, width]
  ///   - width: The number of values a frame.
  ///   - bandCount: The number of frequencies, of which deltas repeat each; nil for all values.
  ///   - generator: Where chance comes from.
  public func mask(
    _ frames: inout [Float], width: Int, bandCount: Int? = nil,
    using generator: inout some RandomNumberGenerator
  ) {
    let (count, bands) = (frames.count / width, bandCount ?? width)
    for _ in 0..<frequencyMasks {
      let run = Self.run(of: bands, atMost: min(frequencyWidth, bands - 1), &generator)
      for frame in 0..<count {
        for start in stride(from: 0, to: width, by: bands) {
          for band in run where start + band < width { frames[frame * width + start + band] = 0 }
        }
      }
    }
    let longest = min(timeWidth, Int(timeShare * Double(count)))
    for _ in 0..<timeMasks {
      let run = Self.run(of: count, atMost: longest, &generator)
      for index in run.lowerBound * width..<run.upperBound * width { frames[index] = 0 }
    }
  }

  /// A run of 0 to `longest` places among `count`.
  private static func run(
    of count: Int, atMost longest: Int, _ generator: inout some RandomNumberGenerator
  ) -> Range<Int> {
    let (first, second) = (generator.unit(), generator.unit())
    let length = Int(first * Double(max(0, longest) + 1))
    let start = Int(second * Double(max(0, count - length) + 1))
    return start..<min(count, start + length)
  }
}
