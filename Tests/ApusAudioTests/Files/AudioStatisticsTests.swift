import ApusAudio
import Testing

@Suite struct AudioStatisticsTests {
  @Test func silenceAndClippingAreCounted() {
    let silence = [Float](repeating: 0.0001, count: 800)
    var speech = signal(1600, rate: 8000)
    speech.replaceSubrange(100..<105, with: repeatElement(1, count: 5))
    // Two samples at full scale are no clipping.
    speech.replaceSubrange(200..<202, with: repeatElement(-1, count: 2))
    var whole = AudioStatistics(sampleRate: 8000)
    whole.add(silence + speech + silence + silence)
    #expect(whole.peak == 1)
    #expect(whole.clippedCount == 5)
    #expect(abs(whole.leadingSilence - 0.1) < 1e-9)
    #expect(abs(whole.trailingSilence - 0.2) < 1e-9)
    #expect(abs(whole.silentShare - 0.6) < 1e-9)
    #expect(whole.duration == 0.5)
    var parts = AudioStatistics(sampleRate: 8000)
    let all = silence + speech + silence + silence
    for start in stride(from: 0, to: all.count, by: 77) {
      parts.add(Array(all[start..<min(all.count, start + 77)]))
    }
    #expect(parts == whole)
  }

  /// The ends of µ-law's scale, and one peak below them that the audio goes beyond.
  @Test func coarseSamplesClipAtTheirOwnPeak() {
    var audio = AudioStatistics(sampleRate: 8000)
    audio.add([0.96, 0.96, 0.96, 0.5] + [Float](repeating: 0.980_346_7, count: 4) + [0, -0.9])
    #expect(audio.clippedCount == 4)
    audio.add([Float](repeating: -0.9, count: 5))
    #expect(audio.clippedCount == 4)
    audio.add([Float](repeating: -0.980_346_7, count: 3))
    #expect(audio.clippedCount == 7)
  }
}
