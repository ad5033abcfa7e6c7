import ApusFiles
import Glibc

/// Random changes to the samples of an utterance that leave its words as they are.
///
/// Each change is made with its probability, its amount being drawn evenly from its range. Every
/// draw comes from the generator that is passed, always as many of them: one keyed by seed, step
/// and utterance makes the same audio however often and in whatever order it is asked for.
public struct WaveformAugmentation: Sendable, Equatable {
  /// A change's amount and how often it is made.
  public struct Change: Sendable, Equatable {
    public var range: ClosedRange<Double>
    public var probability: Double

    public init(_ range: ClosedRange<Double>, probability: Double = 1) {
      (self.range, self.probability) = (range, probability)
    }
  }

  /// Factors by which audio is played faster, with its pitch.
  public var speed: Change?
  /// Factors by which speech is faster at the same pitch.
  public var tempo: Change?
  /// Signal-to-noise ratios in decibels, of which one is drawn for one of the recordings.
  public var noise: Change?
  public var noises: [[Float]] = []
  /// How much of the sound is reverberated by one of the impulse responses, from 0 to 1.
  public var reverberation: Change?
  public var impulseResponses: [[Float]] = []
  /// Decibels by which audio becomes louder.
  public var gain: Change?
  /// Seconds by which audio is moved, silence filling the gap.
  public var shift: Change?

  public init() {}

  /// Refuses amounts that no audio can have.
  ///
  /// - Throws: `InputError` naming the change.
  public func validate() throws {
    let changes: [(String, Change?, ClosedRange<Double>)] = [
      ("speed", speed, 0.25...4), ("tempo", tempo, 0.25...4), ("noise", noise, -100...200),
      ("reverberation", reverberation, 0...1), ("gain", gain, -200...200),
      ("shift", shift, -3600...3600),
    ]
    for case (let name, .some(let change), let limits) in changes {
      guard limits.contains(change.range.lowerBound), limits.contains(change.range.upperBound),
        0...1 ~= change.probability
      else {
        throw InputError(
          expected: "\(name) from \(limits.lowerBound) to \(limits.upperBound) with a "
            + "probability from 0 to 1",
          found: "\(change.range) with \(change.probability)")
      }
    }
    guard noise == nil || noises.contains(where: { !$0.isEmpty }) else {
      throw InputError(expected: "recordings for noise", found: "none")
    }
    guard reverberation == nil || impulseResponses.contains(where: { !$0.isEmpty }) else {
      throw InputError(expected: "impulse responses for reverberation", found: "none")
    }
  }

  /// Changes an utterance.
  ///
  /// - Parameters:
  ///   - samples: Of one channel.
  ///   - rate: Samples a second.
  ///   - generator: Where chance comes from.
  /// - Returns: Samples at the same rate, more or fewer where speed or tempo changed.
  public func augmented(
    _ samples: [Float], rate: Int, using generator: inout some RandomNumberGenerator
  ) -> [Float] {
    var samples = samples
    if let factor = draw(speed, &generator) {
      samples = Augment.speed(samples, by: factor, rate: rate)
    }
    if let factor = draw(tempo, &generator) {
      samples = Augment.tempo(samples, by: factor, rate: rate)
    }
    let room = Int(generator.unit() * Double(impulseResponses.count))
    if let share = draw(reverberation, &generator), !impulseResponses.isEmpty {
      let wet = Augment.reverberated(samples, by: impulseResponses[room])
      samples = zip(samples, wet).map { Float(1 - share) * $0 + Float(share) * $1 }
    }
    let (kind, place) = (Int(generator.unit() * Double(noises.count)), generator.unit())
    if let ratio = draw(noise, &generator), !noises.isEmpty {
      let start = Int(place * Double(noises[kind].count))
      samples = Augment.noisy(samples, with: noises[kind], from: start, decibels: ratio)
    }
    if let decibels = draw(gain, &generator) {
      samples = Augment.louder(samples, decibels: decibels)
    }
    if let seconds = draw(shift, &generator) {
      samples = Augment.shifted(samples, by: Int((seconds * Double(rate)).rounded()))
    }
    return samples
  }

  /// The amount of a change; nil where it is not made.
  private func draw(
    _ change: Change?, _ generator: inout some RandomNumberGenerator
  ) -> Double? {
    let (chance, place) = (generator.unit(), generator.unit())
    guard let change, chance < change.probability else { return nil }
    let range = change.range
    return range.lowerBound + place * (range.upperBound - range.lowerBound)
  }
}

extension RandomNumberGenerator {
  /// A number of [0, 1), made here since the standard library may change how it makes its own.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
}
