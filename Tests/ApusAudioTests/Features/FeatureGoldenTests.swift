import ApusAudio
import ApusFiles
import Foundation
import Testing

/// Features against those of librosa, SciPy, PyTorch and Kaldi's definitions.
///
/// The values come from `Tests/Peers/audio/make_features.py`.
@Suite struct FeatureGoldenTests {
  private static func golden(_ name: String) throws -> (shape: [Int], values: [Float]) {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Golden/features.json")
    let entry = try JSONField(contentsOf: file.path)[name]
    let shape = try entry["shape"].array().map { try $0.integer(in: 0...1 << 20) }
    let values = try entry["values"].array().map { field -> Float in
      switch field.value {
      case .integer(let value): return Float(value)
      case .number(let value): return Float(value)
      default: throw field.error(expected: "a number")
      }
    }
    return (shape, values)
  }

  /// Compares shape, then each value relative to its size where that is above 1.
  private func check(
    _ name: String, _ settings: FeatureSettings, of samples: [Float] = signal(),
    from column: Int = 0
  ) throws {
    let (shape, expected) = try Self.golden(name)
    let extractor = try FeatureExtractor(settings)
    var values = extractor.features(of: samples)
    if column > 0 {
      values = stride(from: 0, to: values.count, by: extractor.width).flatMap {
        values[($0 + column)..<($0 + extractor.width)]
      }
    }
    #expect(shape == [values.count / shape[1], extractor.width - column], "\(name)")
    try #require(values.count == expected.count)
    #expect(values.allSatisfy { $0.isFinite })
    let worst = zip(values, expected).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0
    #expect(worst < 1e-4, "\(name): \(worst)")
  }

  private func mel(_ count: Int, sampleRate: Int = 16_000) -> FeatureSettings {
    var settings = FeatureSettings(kind: .logMel, sampleRate: sampleRate)
    settings.mel.count = count
    settings.edges = .zeros
    return settings
  }

  @Test func spectrogramsAgreeWithSciPy() throws {
    var settings = FeatureSettings(
      kind: .spectrogram, sampleRate: 16_000, windowMilliseconds: 20)
    (settings.window, settings.spectrum) = (.hamming, .magnitude)
    #expect(settings.width == 161)
    try check("scipy_spectrogram", settings)
  }

  @Test func centredWindowsShorterThanTheTransformAgreeWithLibrosa() throws {
    var settings = FeatureSettings(kind: .spectrogram, sampleRate: 16_000)
    (settings.window, settings.fourierSize, settings.edges) = (.blackman, 512, .zeros)
    try check("librosa_spectrogram_centre", settings)
  }

  @Test func melBandsAgreeWithLibrosa() throws {
    try check("librosa_mel_slaney", mel(40))
    var htk = mel(40)
    (htk.edges, htk.spectrum) = (.snip, .magnitude)
    htk.mel = MelFilters(
      count: 40, lowest: 60, highest: 7600, scale: .htk, normalizesArea: false)
    try check("librosa_mel_htk", htk)
  }

  @Test func cepstraAgreeWithLibrosa() throws {
    var settings = mel(40)
    (settings.kind, settings.logarithm) = (.mfcc, .decibels)
    try check("librosa_mfcc", settings)
  }

  @Test func deltasAgreeWithLibrosa() throws {
    var settings = mel(40)
    (settings.logarithm, settings.deltaOrder) = (.decibels, 1)
    try check("librosa_delta", settings, from: 40)
  }

  @Test func reflectedLogMelAgreesWithPyTorch() throws {
    var settings = FeatureSettings.logMel()
    settings.normalization = .none
    try check("torch_log_mel", settings)
  }

  /// Windows of 551.25 samples every 220.5.
  @Test func oddWindowsAgreeWithKaldiAndLibrosa() throws {
    let samples = signal(rate: 22_050)
    try check("kaldi_log_mel_22050", .kaldiLogMel(sampleRate: 22_050), of: samples)
    var settings = mel(20, sampleRate: 22_050)
    settings.fourierSize = 1024
    try check("librosa_mel_22050", settings, of: samples)
    (settings.fourierSize, settings.edges) = (nil, .reflect)
    try check(
      "librosa_mel_22050_odd_transform", settings,
      of: samples + [Float](repeating: 0, count: 67))
  }

  @Test func quietWaveformsAgreeWithHuggingFace() throws {
    try check("wav2vec_quiet", .waveform(), of: signal(400).map { $0 * 1e-3 })
  }

  @Test func kaldiFeaturesAgreeWithItsDefinitions() throws {
    try check("kaldi_log_mel", .kaldiLogMel())
    var mirrored = FeatureSettings.kaldiLogMel()
    mirrored.edges = .mirror
    try check("kaldi_log_mel_mirror", mirrored)
    try check("kaldi_mfcc", .kaldiMFCC())
    var deltas = FeatureSettings.kaldiMFCC()
    deltas.deltaOrder = 2
    try check("kaldi_mfcc_deltas", deltas)
  }
}
