import ApusAudio
import ApusFiles
import Testing

@Suite struct FeatureSettingsTests {
  private static func settings() -> [FeatureSettings] {
    var tuned = FeatureSettings.kaldiMFCC(sampleRate: 8000)
    (tuned.dither, tuned.deltaOrder) = (0.5, 2)
    tuned.mel.highest = 3700
    tuned.normalization = .streaming(memory: 300)
    var global = FeatureSettings.logMel(count: 3)
    global.normalization = .global(mean: [0.1, 2, -3], deviation: [1, 0.25, 1e-5])
    return [.deepSpeech(), .logMel(), .kaldiLogMel(), .waveform(), .file(width: 13), tuned, global]
  }

  @Test(arguments: settings()) func filesKeepSettings(_ settings: FeatureSettings) throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/features.json"
    try settings.write(to: path)
    let read = try FeatureSettings(contentsOf: path)
    #expect(read.difference(from: settings) == nil)
    try settings.require(read, of: path)
  }

  @Test func theFieldThatDiffersIsNamed() {
    let own = FeatureSettings.deepSpeech()
    var other = own
    other.windowMilliseconds = 25
    #expect(own.difference(from: other)?.field == "window_ms")
    other = own
    other.normalization = .none
    let expected = InputError(
      file: "features.json",
      expected: "the feature setting normalization { \"kind\": \"utterance\" }",
      found: "{ \"kind\": \"none\" }")
    #expect(throws: expected) { try own.require(other, of: "features.json") }
    #expect(own.difference(from: .logMel())?.field == "kind")
  }

  @Test(arguments: [
    (#"{"kind": "log_mel", "sample_rate": 16000, "bands": 80}"#, "bands"),
    (#"{"kind": "melody", "sample_rate": 16000}"#, "one of spectrogram"),
    (#"{"kind": "log_mel"}"#, "sample_rate"),
    (#"{"kind": "log_mel", "sample_rate": 16000, "window_ms": 1e300}"#, "window_ms"),
    (#"{"kind": "log_mel", "sample_rate": 16000, "mel": {"lowest": 9000}}"#, "mel.highest"),
    (#"{"kind": "mfcc", "sample_rate": 16000, "logarithm": "none"}"#, "natural or decibels"),
    (#"{"kind": "spectrogram", "sample_rate": 16000, "fourier_size": 100}"#, "fourier_size"),
    (
      #"{"kind": "log_mel", "sample_rate": 8000, "normalization": {"kind": "global", "mean": [1], "#
        + #""deviation": [1]}}"#, "80 means"
    ),
  ]) func badSettingsAreRefused(_ text: String, _ expected: String) throws {
    let scratch = try Scratch()
    let path = try scratch.write(text.utf8, to: "features.json")
    let error = #expect(throws: InputError.self) { try FeatureSettings(contentsOf: path) }
    #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
    #expect(error?.file == path)
  }
}
