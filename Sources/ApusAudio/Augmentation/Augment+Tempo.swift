extension Augment {
  /// Makes speech faster at the same pitch, by overlapping windows where they fit best.
  ///
  /// - Parameters:
  ///   - samples: Of one channel.
  ///   - factor: How much faster; below 1 for slower.
  ///   - rate: Samples a second.
  /// - Returns: The number of samples divided by the factor, rounded.
  /// - Source: WSOLA of Verhelst & Roelands, ICASSP 1993.
  public static func tempo(_ samples: [Float], by factor: Double, rate: Int) -> [Float] {
    precondition(factor > 0, "Augment.tempo: expected a factor above 0, got \(factor)")
    let count = Int((Double(samples.count) / factor).rounded())
    // Windows of 30 ms hold two periods of the lowest voices.
    let length = 2 * max(1, rate * 3 / 200)
    guard samples.count > 2 * length, factor != 1 else {
      // Too short for windows: nothing but the length can change.
      return (0..<count).map { samples[min(samples.count - 1, Int(Double($0) * factor))] }
    }
    let window = WindowFunction.hann.values(length, isPeriodic: true)
    let (step, reach) = (length / 2, length / 2)
    var output = [Float](repeating: 0, count: count + 2 * length)
    var place = 0
    for (frame, start) in stride(from: 0, to: count + step, by: step).enumerated() {
      if frame > 0 {
        let aim = Int((Double(start) * factor).rounded())
        place = bestPlace(samples, near: aim, following: place + step, length, reach)
      }
      for index in 0..<length where place + index < samples.count {
        output[start + index] += window[index] * samples[place + index]
      }
    }
    // The first half window has nothing to overlap with.
    for index in 0..<step { output[index] = samples[index] }
    return Array(output.prefix(count))
  }

  /// Where a window lies that continues the audio at `next` best, within `reach` of `aim`.
  private static func bestPlace(
    _ samples: [Float], near aim: Int, following next: Int, _ length: Int, _ reach: Int
  ) -> Int {
    let last = samples.count - length
    let natural = min(max(0, next), last)
    let range = min(max(0, aim - reach), last)...min(max(0, aim + reach), last)
    return samples.withUnsafeBufferPointer { samples in
      /// The correlation over every `skip`-th sample, relative to the candidate's loudness.
      func likeness(_ place: Int, _ skip: Int) -> Float {
        var (product, power): (Float, Float) = (0, 1e-9)
        for index in stride(from: 0, to: length, by: skip) {
          let value = samples[place + index]
          product += value * samples[natural + index]
          power += value * value
        }
        return product / power.squareRoot()
      }
      func best(_ places: some Sequence<Int>, _ skip: Int) -> Int {
        var (best, highest) = (range.lowerBound, -Float.infinity)
        for place in places where range.contains(place) {
          let likeness = likeness(place, skip)
          if likeness > highest { (best, highest) = (place, likeness) }
        }
        return best
      }
      // First on a grid, which speech is smooth enough for, then around its best point.
      let rough = best(stride(from: range.lowerBound, through: range.upperBound, by: 4), 4)
      return best(rough - 3...rough + 3, 1)
    }
  }
}
