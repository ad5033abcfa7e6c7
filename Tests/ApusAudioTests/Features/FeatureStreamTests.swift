import ApusAudio
import Testing

@Suite struct FeatureStreamTests {
  private static func settings() -> [FeatureSettings] {
    var all = [
      FeatureSettings.deepSpeech(), .logMel(), .kaldiLogMel(), .kaldiMFCC(), .waveform(),
    ]
    for edges in FrameEdges.allCases {
      var settings = FeatureSettings.kaldiMFCC()
      settings.edges = edges
      settings.deltaOrder = 2
      settings.dither = 1
      settings.normalization = .streaming(memory: 50)
      all.append(settings)
    }
    var odd = FeatureSettings(kind: .spectrogram, sampleRate: 22_050, windowMilliseconds: 20)
    (odd.edges, odd.logarithm) = (.reflect, .natural)
    return all + [odd]
  }

  @Test(arguments: settings()) func partsGiveTheFramesOfTheWhole(
    _ settings: FeatureSettings
  ) throws {
    let extractor = try FeatureExtractor(settings)
    for count in [0, 1, 159, 160, 161, 400, 1000, 5000] {
      let samples = Array(signal(count))
      let whole = extractor.features(of: samples)
      #expect(whole.count == extractor.frameCount(count) * extractor.width)
      for size in [1, 97, 160, 4096] where size > 1 || count <= 1000 {
        var stream = extractor.stream()
        var parts: [Float] = []
        for start in stride(from: 0, to: count, by: size) {
          parts += stream.append(Array(samples[start..<min(count, start + size)]))
        }
        parts += stream.finish()
        #expect(parts == whole, "\(count) samples in parts of \(size)")
      }
    }
  }

  @Test func framesComeAsSoonAsTheyAreKnown() throws {
    var settings = FeatureSettings.deepSpeech()
    (settings.edges, settings.normalization) = (.snip, .none)
    var stream = try FeatureExtractor(settings).stream()
    #expect(stream.append(signal(319)).isEmpty)
    #expect(stream.append(signal(1)).count == 161)
    #expect(stream.append(signal(159)).isEmpty)
    #expect(stream.append(signal(1)).count == 161)
    #expect(stream.finish().isEmpty)
  }

  @Test func normalizationCentresAndScales() throws {
    var settings = FeatureSettings.logMel()
    let frames = try FeatureExtractor(settings).features(of: signal(16_000))
    for band in [0, 17, 79] {
      let values = stride(from: band, to: frames.count, by: 80).map { Double(frames[$0]) }
      let mean = values.reduce(0, +) / Double(values.count)
      let variance =
        values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      #expect(abs(mean) < 1e-4 && abs(variance - 1) < 1e-3)
    }
    // Global normalisation by the moments of one utterance is that over the utterance.
    settings.normalization = .none
    var moments = FeatureMoments(width: 80)
    moments.add(try FeatureExtractor(settings).features(of: signal(16_000)))
    settings.normalization = moments.normalization
    #expect(
      distance(try FeatureExtractor(settings).features(of: signal(16_000)), frames) < 1e-5)
  }

  @Test func aRunningMeanFollowsALevel() throws {
    var settings = FeatureSettings.file(width: 1)
    (settings.deltaOrder, settings.normalization) = (0, .streaming(memory: 20))
    let rows = (0..<400).map { Float($0 < 200 ? 5 : 9) + ($0.isMultiple(of: 2) ? 0.5 : -0.5) }
    let answers = try FeatureExtractor(settings).features(ofFrames: rows)
    #expect(answers[0] == 0)
    // Long behind the change of level, values are ±1 again.
    #expect(answers[390...].allSatisfy { abs(abs($0) - 1) < 0.05 })
    #expect(answers[200] > 3)
  }

  @Test func ditherIsTheSameEachTimeAndWeak() throws {
    var settings = FeatureSettings.kaldiLogMel()
    settings.dither = 1
    let noisy = try FeatureExtractor(settings)
    let silence = [Float](repeating: 0, count: 8000)
    let frames = noisy.features(of: silence)
    #expect(frames == noisy.features(of: silence))
    // White noise of deviation 1 leaves no band at the floor of ln 2⁻²³.
    #expect(frames.allSatisfy { $0 > -3 })
  }
}
