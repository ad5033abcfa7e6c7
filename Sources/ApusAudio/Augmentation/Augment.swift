import Glibc

/// Changes to samples of one channel.
public enum Augment {
  /// Plays audio faster, which raises its pitch too.
  ///
  /// - Source: Ko et al., Interspeech 2015.
  public static func speed(_ samples: [Float], by factor: Double, rate: Int) -> [Float] {
    Resampler.resampled(samples, from: Int((Double(rate) * factor).rounded()), to: rate)
  }

  /// Adds noise, repeated as often as needed, at a ratio of powers.
  ///
  /// Silence on either side is left as it is: no ratio can be had with it.
  ///
  /// - Parameters:
  ///   - samples: The signal.
  ///   - noise: A recording, not empty.
  ///   - start: Its first sample that is used.
  ///   - decibels: The signal-to-noise ratio.
  /// - Returns: As many samples.
  public static func noisy(
    _ samples: [Float], with noise: [Float], from start: Int, decibels: Double
  ) -> [Float] {
    guard !noise.isEmpty else { return samples }
    let used = samples.indices.map { noise[(start + $0) % noise.count] }
    let (signalPower, noisePower) = (power(samples), power(used))
    guard signalPower > 0, noisePower > 0 else { return samples }
    let scale = Float((signalPower / noisePower / pow(10, decibels / 10)).squareRoot())
    return zip(samples, used).map { $0 + scale * $1 }
  }

  /// Sound as in a room whose impulse response is given, as loud as before.
  ///
  /// The response's strongest sample is the direct sound, which stays where it was.
  public static func reverberated(_ samples: [Float], by response: [Float]) -> [Float] {
    guard !samples.isEmpty, !response.isEmpty else { return samples }
    let peak = response.indices.max { abs(response[$0]) < abs(response[$1]) } ?? 0
    let wet = Array(convolution(samples, response)[peak..<peak + samples.count])
    let (before, after) = (power(samples), power(wet))
    return after > 0 ? wet.map { $0 * Float((before / after).squareRoot()) } : wet
  }

  public static func louder(_ samples: [Float], decibels: Double) -> [Float] {
    let factor = Float(pow(10, decibels / 20))
    return samples.map { factor * $0 }
  }

  /// Moves audio later (or earlier, for a negative count); what leaves is lost, zeros come.
  public static func shifted(_ samples: [Float], by count: Int) -> [Float] {
    let zeros = [Float](repeating: 0, count: min(samples.count, abs(count)))
    return count >= 0
      ? zeros + samples.dropLast(zeros.count) : samples.dropFirst(zeros.count) + zeros
  }

  /// All sums of products of a signal with a response reversed, by Fourier transforms.
  ///
  /// - Returns: [samples.count + response.count - 1]
  static func convolution(_ samples: [Float], _ response: [Float]) -> [Float] {
    let count = samples.count + response.count - 1
    let transform = RealTransform.of(count.roundedUpToPowerOfTwo)
    let (signal, filter) = (TransformBuffers(transform.size), TransformBuffers(transform.size))
    signal.samples.update(from: samples, count: samples.count)
    filter.samples.update(from: response, count: response.count)
    transform.run(signal)
    transform.run(filter)
    for bin in 0..<transform.binCount {
      let (a, b) = (signal.spectrum + 2 * bin, filter.spectrum + 2 * bin)
      (a[0], a[1]) = (a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0])
    }
    transform.invert(signal)
    let scale = 1 / Float(transform.size)
    return (0..<count).map { scale * signal.samples[$0] }
  }

  /// The mean square.
  private static func power(_ samples: [Float]) -> Double {
    samples.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(1, samples.count))
  }
}
