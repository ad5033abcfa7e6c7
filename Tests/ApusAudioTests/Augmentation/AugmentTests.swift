import ApusAudio
import ApusFiles
import Foundation
import Testing

/// A counter and a hash: what is drawn depends on the key alone.
struct Draws: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

@Suite struct AugmentTests {
  private func tone(_ frequency: Double, _ count: Int = 16_000) -> [Float] {
    (0..<count).map { Float(0.5 * sin(2 * .pi * frequency * Double($0) / 16_000)) }
  }

  /// The frequency of a tone, by counting where it rises through zero.
  private func frequency(_ samples: [Float]) -> Double {
    let middle = Array(samples[samples.count / 10..<samples.count * 9 / 10])
    let rises = zip(middle, middle.dropFirst()).count { $0 < 0 && $1 >= 0 }
    return Double(rises) * 16_000 / Double(middle.count)
  }

  private func power(_ samples: [Float]) -> Double {
    samples.reduce(0) { $0 + Double($1 * $1) } / Double(samples.count)
  }

  @Test(arguments: [0.8, 0.9, 1.1, 1.5]) func speedMovesPitchAndTempoDoesNot(_ factor: Double) {
    let samples = tone(500)
    let fast = Augment.speed(samples, by: factor, rate: 16_000)
    #expect(abs(Double(fast.count) - 16_000 / factor) <= 1)
    #expect(abs(frequency(fast) - 500 * factor) < 3)
    let brisk = Augment.tempo(samples, by: factor, rate: 16_000)
    #expect(abs(Double(brisk.count) - 16_000 / factor) <= 1)
    #expect(abs(frequency(brisk) - 500) < 3)
    // Windows that fit leave the loudness as it was.
    #expect(abs(power(brisk) / power(samples) - 1) < 0.02)
  }

  @Test func tempoTakesAnyLength() {
    for count in [0, 1, 100, 481, 960, 961, 3000] {
      for factor in [0.5, 1, 1.7] {
        let samples = Augment.tempo(tone(300, count), by: factor, rate: 16_000)
        #expect(samples.count == Int((Double(count) / factor).rounded()))
      }
    }
  }

  @Test func noiseHasItsRatio() {
    let samples = tone(500)
    let noise = (0..<700).map { Float($0 * 7919 % 1000) / 1000 - 0.5 }
    for decibels in [-5.0, 0, 20] {
      let noisy = Augment.noisy(samples, with: noise, from: 650, decibels: decibels)
      let added = zip(noisy, samples).map { $0 - $1 }
      #expect(abs(10 * log10(power(samples) / power(added)) - decibels) < 1e-3)
    }
    let silence = [Float](repeating: 0, count: 10)
    #expect(Augment.noisy(silence, with: noise, from: 0, decibels: 10) == silence)
  }

  @Test func reverberationIsConvolution() {
    let samples = signal(300)
    let response: [Float] = [0, 0.1, 1, -0.5, 0.25, 0, 0.125]
    var sums = [Float](repeating: 0, count: samples.count)
    for index in samples.indices {
      for (tap, weight) in response.enumerated() {
        // The direct sound is the third.
        let source = index + 2 - tap
        if samples.indices.contains(source) { sums[index] += weight * samples[source] }
      }
    }
    let loudness = Float((power(samples) / power(sums)).squareRoot())
    let wet = Augment.reverberated(samples, by: response)
    #expect(distance(wet, sums.map { $0 * loudness }) < 1e-5)
    #expect(distance(Augment.reverberated(samples, by: [0, 3]), samples) < 1e-5)
  }

  @Test func gainAndShiftAreWhatTheySay() {
    #expect(distance(Augment.louder([0.1, -0.2], decibels: 20), [1, -2]) < 1e-6)
    #expect(Augment.shifted([1, 2, 3], by: 1) == [0, 1, 2])
    #expect(Augment.shifted([1, 2, 3], by: -2) == [3, 0, 0])
    #expect(Augment.shifted([1, 2, 3], by: 9) == [0, 0, 0])
  }

  @Test func theSameKeyMakesTheSameAudio() throws {
    var augmentation = WaveformAugmentation()
    augmentation.speed = .init(0.9...1.1)
    augmentation.tempo = .init(0.9...1.1, probability: 0.5)
    augmentation.noise = .init(5...20)
    augmentation.noises = [tone(50, 900), signal(1234)]
    augmentation.reverberation = .init(0.1...0.5, probability: 0.5)
    augmentation.impulseResponses = [[1, 0.5], [0.5, 0, 1, 0.1]]
    augmentation.gain = .init(-6...6)
    augmentation.shift = .init(-0.1...0.1)
    try augmentation.validate()
    func make(_ key: UInt64) -> [Float] {
      var draws = Draws(state: key)
      return augmentation.augmented(signal(8000), rate: 16_000, using: &draws)
    }
    #expect(make(1) == make(1))
    #expect(make(1) != make(2))
    #expect(make(1).allSatisfy { $0.isFinite })
    // A change that is not made draws as much as one that is.
    var silent = augmentation
    silent.speed = nil
    var (a, b) = (Draws(state: 7), Draws(state: 7))
    _ = augmentation.augmented(signal(2000), rate: 16_000, using: &a)
    _ = silent.augmented(signal(2000), rate: 16_000, using: &b)
    #expect(a.state == b.state)
    augmentation.gain = .init(0...1, probability: 2)
    #expect(throws: InputError.self) { try augmentation.validate() }
  }

  @Test func masksCoverRunsAndNoMore() {
    let augment = SpecAugment(
      timeMasks: 1, timeWidth: 5, timeShare: 1, frequencyMasks: 1, frequencyWidth: 3)
    var sizes: Set<[Int]> = []
    for key in 0..<200 as Range<UInt64> {
      var draws = Draws(state: key)
      var frames = [Float](repeating: 1, count: 20 * 16)
      augment.mask(&frames, width: 16, bandCount: 8, using: &draws)
      let columns = (0..<16).filter { column in
        (0..<20).allSatisfy { frames[$0 * 16 + column] == 0 }
      }
      let rows = (0..<20).filter { row in frames[row * 16..<(row + 1) * 16].allSatisfy { $0 == 0 } }
      // What is masked is whole rows and whole columns, the latter in both halves.
      #expect(
        frames.count { $0 == 0 } == columns.count * 20 + rows.count * (16 - columns.count))
      #expect(columns.prefix(columns.count / 2).map { $0 + 8 } == columns.suffix(columns.count / 2))
      for run in [rows, Array(columns.prefix(columns.count / 2))] {
        if let first = run.first { #expect(run == Array(first..<first + run.count)) }
      }
      sizes.insert([rows.count, columns.count / 2])
    }
    #expect(sizes.map { $0[0] }.max() == 5 && sizes.map { $0[1] }.max() == 3)
    #expect(sizes.contains([0, 0]))
  }
}
