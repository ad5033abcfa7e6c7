import ApusAudio
import ApusFiles
import Foundation
import Testing

@Suite struct ResamplerTests {
  private func tone(_ frequency: Double, rate: Int, seconds: Double = 1) -> [Float] {
    (0..<Int(Double(rate) * seconds)).map {
      Float(0.5 * sin(2 * .pi * frequency * Double($0) / Double(rate)))
    }
  }

  @Test(arguments: [(44_100, 16_000), (8000, 16_000), (48_000, 16_000), (16_000, 8000)])
  func tonesStayWhatTheyAre(_ from: Int, _ to: Int) {
    let samples = Resampler.resampled(tone(1000, rate: from), from: from, to: to)
    #expect(samples.count == to)
    // The ends ring, since nothing comes before and behind.
    let middle = to / 10..<to * 9 / 10
    #expect(distance(Array(samples[middle]), Array(tone(1000, rate: to)[middle])) < 1e-3)
  }

  @Test func whatALowerRateCannotHoldIsGone() {
    let samples = Resampler.resampled(tone(7000, rate: 44_100), from: 44_100, to: 8000)
    #expect(samples[800..<7200].allSatisfy { abs($0) < 1e-4 })
  }

  @Test func partsGiveTheWhole() {
    let samples = signal(30_000)
    let whole = Resampler.resampled(samples, from: 44_100, to: 16_000)
    let resampler = Resampler(from: 44_100, to: 16_000)
    var parts: [Float] = []
    for start in stride(from: 0, to: samples.count, by: 1234) {
      parts += resampler.append(Array(samples[start..<min(samples.count, start + 1234)]))
    }
    parts += resampler.finish()
    #expect(parts == whole)
    #expect(parts.count == 10_884)
  }

  @Test(.enabled(if: SharedData.isPresent, "needs the shared data sets"))
  func ratesOfOneUtteranceAgree() throws {
    let folder = "\(SharedData.directory)/speech_samples"
    let reference = try Audio.samples(of: "\(folder)/LDC93S1.wav", rate: 8000)
    let low = try Audio.samples(of: "\(folder)/LDC93S1_pcms16le_1_8000.wav", rate: 8000)
    let high = try Audio.samples(of: "\(folder)/LDC93S1_pcms16le_2_44100.wav", rate: 8000)
    // The copy at 44.1 kHz was made with far less care.
    for (copy, tolerance) in [(low, Float(0.002)), (high, 0.1)] {
      #expect(abs(copy.count - reference.count) <= 8)
      let energy = reference.reduce(0) { $0 + $1 * $1 }
      let difference = zip(copy, reference).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      #expect(difference < tolerance * energy)
    }
  }
}
