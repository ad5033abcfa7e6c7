import ApusAudio
import ApusFiles
import Testing

@testable import ApusTraining

@Suite struct FeatureRecipeTests {
  /// The recipe of a small recogniser with other features.
  private static func recipe(_ features: String) throws -> Recipe {
    let features = features.split(separator: "\n").map { "\n  \($0)" }.joined()
    let yaml = Tones.recipe.replacing(
      "\n  kind: logMel\n  sampleRate: 8000\n  bandCount: 16", with: features)
    #expect(yaml != Tones.recipe)
    return try Recipe(yaml: yaml)
  }

  /// What a recipe leaves out is as the kind has it; normalisation is measured later.
  @Test(arguments: [
    ("spectrogram", FeatureSettings.deepSpeech()), ("logMel", .logMel()), ("mfcc", .kaldiMFCC()),
  ])
  func kindsHaveTheirOwnSettings(_ kind: String, _ standard: FeatureSettings) throws {
    var standard = standard
    standard.normalization = .none
    #expect(try Self.recipe("kind: \(kind)").features?.settings() == standard)
  }

  @Test func everySettingOfARecipeCounts() throws {
    let recipe = try Self.recipe(
      """
      kind: mfcc
      sampleRate: 8000
      window: blackman
      windowMilliseconds: 40
      stepMilliseconds: 12.5
      edges: mirror
      spectrum: magnitude
      melScale: htk
      preEmphasis: 0.9
      dither: 0.5
      cepstrumCount: 20
      deltaOrder: 1
      """)
    let settings = try #require(recipe.features?.settings())
    var expected = FeatureSettings.kaldiMFCC(sampleRate: 8000)
    (expected.windowMilliseconds, expected.stepMilliseconds) = (40, 12.5)
    // 320 samples.
    expected.fourierSize = 512
    (expected.window, expected.edges, expected.spectrum) = (.blackman, .mirror, .magnitude)
    expected.mel.scale = .htk
    (expected.preEmphasis, expected.dither) = (0.9, 0.5)
    (expected.cepstrumCount, expected.deltaOrder) = (20, 1)
    #expect(settings == expected)
    #expect(settings.width == 40 && settings.frameRate == 80)
    #expect(try Recipe(yaml: recipe.yaml) == recipe)
  }

  /// Transforms that are as long as their windows stay so.
  @Test func transformsGoWithTheirWindows() throws {
    let features = try Self.recipe("kind: spectrogram\nwindowMilliseconds: 32").features
    #expect(features?.settings()?.width == 257)
  }

  @Test(arguments: [
    ("kind: logMel\ncepstrumCount: 12", "cepstrumCount"),
    ("kind: spectrogram\nmelScale: htk", "melScale"),
    ("kind: file\nwindow: hann", "window"),
    ("kind: file\ndither: 1", "dither"),
    ("kind: logMel\nwindow: tukey", "features.window as one of hann, hamming"),
    ("kind: logMel\npreEmphasis: 1.5", "features.preEmphasis as a number"),
    ("kind: logMel\nwindowMilliseconds: 0", "features.windowMilliseconds as a number"),
    ("kind: mfcc\ncepstrumCount: 24", "features to have cepstrum_count from 1 to 23 bands"),
    (
      "kind: spectrogram\nsampleRate: 192000\nwindowMilliseconds: 500",
      "features to have window_ms of 2 to 65536 samples"
    ),
  ])
  func settingsThatMakeNoFeaturesAreRefused(_ features: String, _ named: String) {
    let error = #expect(throws: InputError.self) { try Self.recipe(features) }
    #expect(error.map { "\($0)".contains(named) } == true, "\(String(describing: error))")
  }
}
