import Glibc

/// How loud audio is, and how much of it is silent or clipped.
public struct AudioStatistics: Sendable, Equatable {
  /// The loudness of silence: blocks of 20 ms whose root mean square is below −60 dB.
  public static let silence: Float = 1e-3
  /// Samples this near to full scale count as clipped where three or more of them follow each other.
  public static let fullScale: Float = 0.999
  /// The least peak that counts as full scale where the audio goes no further: that of 8 bits is
  /// 0.992 and that of µ-law 0.980.
  public static let leastFullScale: Float = 0.95

  public let sampleRate: Int
  public private(set) var sampleCount = 0
  /// The largest magnitude.
  public private(set) var peak: Float = 0
  /// The number of samples in runs at full scale, on either side.
  public var clippedCount: Int { upper.clippedCount + lower.clippedCount }
  /// Seconds of silence before the first sound and behind the last one.
  public private(set) var leadingSilence = 0.0
  public private(set) var trailingSilence = 0.0
  private var sum = 0.0
  private var squareSum = 0.0
  private var silentBlocks = 0
  private var blocks = 0
  /// The ends of the scale above and below 0.
  private var upper = ScaleEnd()
  private var lower = ScaleEnd()
  /// What the block that is not whole yet holds.
  private var blockSquares: Float = 0
  private var blockCount = 0

  public init(sampleRate: Int) { self.sampleRate = sampleRate }

  public var duration: Double { Double(sampleCount) / Double(sampleRate) }
  /// The root mean square.
  public var rms: Double {
    ((squareSum + Double(blockSquares)) / Double(max(1, sampleCount))).squareRoot()
  }
  /// The mean, which is near 0 unless the recording has a constant offset.
  public var mean: Double { sum / Double(max(1, sampleCount)) }
  /// The share of silent blocks.
  public var silentShare: Double { Double(silentBlocks) / Double(max(1, blocks)) }

  private var blockLength: Int { max(1, sampleRate / 50) }

  /// Adds samples of one channel.
  public mutating func add(_ samples: [Float]) {
    for sample in samples {
      let magnitude = abs(sample)
      peak = max(peak, magnitude)
      sum += Double(sample)
      upper.add(sample)
      lower.add(-sample)
      blockSquares += sample * sample
      blockCount += 1
      if blockCount == blockLength { endBlock() }
    }
    sampleCount += samples.count
  }

  /// The samples at one end of the scale.
  private struct ScaleEnd: Sendable, Equatable {
    /// How far the audio has gone.
    private var peak = AudioStatistics.leastFullScale
    private var run = 0
    private(set) var clippedCount = 0

    mutating func add(_ level: Float) {
      if level > peak {
        // What came before was not the end of the scale.
        if peak < AudioStatistics.fullScale { (run, clippedCount) = (0, 0) }
        peak = level
      }
      if level >= min(peak, AudioStatistics.fullScale) {
        run += 1
        clippedCount += run == 3 ? 3 : run > 3 ? 1 : 0
      } else {
        run = 0
      }
    }
  }

  private mutating func endBlock() {
    let isSilent = blockSquares < Float(blockCount) * Self.silence * Self.silence
    let seconds = Double(blockLength) / Double(sampleRate)
    squareSum += Double(blockSquares)
    if isSilent {
      if silentBlocks == blocks { leadingSilence += seconds }
      trailingSilence += seconds
      silentBlocks += 1
    } else {
      trailingSilence = 0
    }
    blocks += 1
    (blockSquares, blockCount) = (0, 0)
  }
}
