import ApusFiles

/// What the numbers of a frame are and how they come from samples: all that must be the same where
/// a model is trained and where it is used.
///
/// A model directory keeps them as `features.json`.
public struct FeatureSettings: Equatable, Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    /// The magnitude or power of each frequency up to half the sample rate.
    case spectrogram
    /// Sums under triangular filters on a scale of pitch, as logarithms.
    case logMel = "log_mel"
    /// Cepstra: the cosine transform of log-mel values.
    case mfcc
    /// The samples themselves, a frame each.
    case waveform
    /// Frames that were computed elsewhere and are read from feature files.
    case file
  }

  public enum Spectrum: String, Sendable, CaseIterable { case magnitude, power }

  public enum Logarithm: String, Sendable, CaseIterable {
    case none
    /// ln max(x, floor).
    case natural
    /// 10 log₁₀ max(x, floor).
    case decibels
    /// ln(1 + x), which needs no floor.
    case onePlus = "one_plus"
  }

  public var kind: Kind
  /// Samples a second; audio of another rate is resampled.
  public var sampleRate: Int
  /// The length of a window and the distance from one to the next, in milliseconds.
  public var windowMilliseconds, stepMilliseconds: Double
  public var window = WindowFunction.hann
  /// Whether the window is one period of its function, as spectrograms have it, or symmetric.
  public var isPeriodic = true
  /// The length of the Fourier transform in samples; nil for that of the window.
  public var fourierSize: Int?
  public var edges = FrameEdges.snip
  /// What samples of −1 to 1 are multiplied with first: Kaldi's settings are for 32768.
  public var sampleScale = 1.0
  /// The standard deviation of noise that is added to each (scaled) sample, the same each time.
  public var dither = 0.0
  /// Whether each frame has its mean taken off.
  public var removesMean = false
  /// The share of the sample before that is taken off each sample of a frame.
  public var preEmphasis = 0.0
  public var spectrum = Spectrum.power
  public var logarithm = Logarithm.none
  /// The least value that logarithms see.
  public var logarithmFloor = 1e-10
  public var mel = MelFilters()
  /// The number of cepstra, the first being the zeroth.
  public var cepstrumCount = 13
  /// The strength of the sine by which cepstra are lifted, as HTK and Kaldi have it; 0 for none.
  public var lifter = 0.0
  /// Whether the zeroth cepstrum gives way to the logarithm of the frame's energy.
  public var usesEnergy = false
  /// The number of values a frame of feature files.
  public var fileWidth = 13
  /// How many times differences over time are appended: 1 for deltas, 2 for those of deltas too.
  public var deltaOrder = 0
  public var normalization = FeatureNormalization.none

  public init(
    kind: Kind, sampleRate: Int, windowMilliseconds: Double = 25, stepMilliseconds: Double = 10
  ) {
    self.kind = kind
    self.sampleRate = sampleRate
    self.windowMilliseconds = windowMilliseconds
    self.stepMilliseconds = stepMilliseconds
  }

  /// The number of values a frame, deltas included.
  public var width: Int { staticWidth * (deltaOrder + 1) }

  /// The number of frames a second.
  public var frameRate: Double {
    kind == .waveform ? Double(sampleRate) : Double(sampleRate) / Double(step)
  }

  /// The number of values a frame without deltas.
  var staticWidth: Int {
    switch kind {
    case .spectrogram: transformSize / 2 + 1
    case .logMel: mel.count
    case .mfcc: cepstrumCount
    case .waveform: 1
    case .file: fileWidth
    }
  }

  /// The same settings with windows of another length; a transform that was longer than its window
  /// becomes one of a power of two again.
  public func windowed(milliseconds: Double) -> FeatureSettings {
    var settings = self
    settings.windowMilliseconds = milliseconds
    settings.fourierSize = fourierSize.map { _ in settings.windowLength.roundedUpToPowerOfTwo }
    return settings
  }

  /// The window and the step in samples, and the length of the transform.
  var windowLength: Int { samples(windowMilliseconds) }
  var step: Int { samples(stepMilliseconds) }
  var transformSize: Int { fourierSize ?? windowLength }

  /// The number of whole samples, as Kaldi counts them, within what an integer can be made of.
  private func samples(_ milliseconds: Double) -> Int {
    // Decimal fractions of a millisecond may lie below the whole number that they stand for.
    Int(min(1e9, max(0, Double(sampleRate) * milliseconds / 1000 + 1e-6)))
  }
}

extension FeatureSettings {
  /// Spectrograms of 20 ms every 10 ms (161 values at 16 kHz), as ln(1 + magnitude), each
  /// value normalised over the utterance.
  ///
  /// - Source: Amodei et al. 2016 (Deep Speech 2).
  public static func deepSpeech(sampleRate: Int = 16_000) -> FeatureSettings {
    var settings = FeatureSettings(
      kind: .spectrogram, sampleRate: sampleRate, windowMilliseconds: 20)
    settings.window = .hamming
    (settings.edges, settings.spectrum) = (.reflect, .magnitude)
    (settings.logarithm, settings.normalization) = (.onePlus, .utterance)
    return settings
  }

  /// Logarithms of 80 mel bands of 25 ms every 10 ms, normalised over the utterance.
  public static func logMel(sampleRate: Int = 16_000, count: Int = 80) -> FeatureSettings {
    var settings = FeatureSettings(kind: .logMel, sampleRate: sampleRate)
    settings.mel.count = count
    (settings.edges, settings.logarithm) = (.reflect, .natural)
    settings.normalization = .utterance
    return settings
  }

  /// Log-mel values as Kaldi computes them without dither.
  public static func kaldiLogMel(sampleRate: Int = 16_000, count: Int = 23) -> FeatureSettings {
    var settings = FeatureSettings(kind: .logMel, sampleRate: sampleRate)
    (settings.window, settings.isPeriodic) = (.povey, false)
    settings.fourierSize = settings.windowLength.roundedUpToPowerOfTwo
    (settings.sampleScale, settings.removesMean) = (32_768, true)
    settings.preEmphasis = 0.97
    settings.logarithm = .natural
    // Kaldi's floor is the distance of 1 to the next float.
    settings.logarithmFloor = Double(Float.ulpOfOne)
    settings.mel = MelFilters(count: count, lowest: 20, scale: .kaldi, normalizesArea: false)
    return settings
  }

  /// Thirteen cepstra as Kaldi computes them without dither and with the energy's logarithm.
  public static func kaldiMFCC(sampleRate: Int = 16_000) -> FeatureSettings {
    var settings = kaldiLogMel(sampleRate: sampleRate)
    settings.kind = .mfcc
    (settings.lifter, settings.usesEnergy) = (22, true)
    return settings
  }

  /// Samples of mean 0 and variance 1, as wav2vec 2.0 hears them; silence stays near 0.
  public static func waveform(sampleRate: Int = 16_000) -> FeatureSettings {
    var settings = FeatureSettings(kind: .waveform, sampleRate: sampleRate)
    settings.normalization = .utterance
    return settings
  }

  /// Frames of feature files every 10 ms, with deltas of both orders, normalised over the
  /// utterance.
  public static func file(width: Int, sampleRate: Int = 16_000) -> FeatureSettings {
    var settings = FeatureSettings(kind: .file, sampleRate: sampleRate)
    settings.fileWidth = width
    settings.deltaOrder = 2
    settings.normalization = .utterance
    return settings
  }
}

extension FeatureSettings {
  /// Refuses settings that make no features.
  ///
  /// - Throws: `InputError` naming the field as in `features.json`.
  public func validate(file: String? = nil) throws {
    func require(_ holds: Bool, _ field: String, _ expected: String, _ found: Any) throws {
      guard holds else {
        throw InputError(file: file, expected: "\(field) \(expected)", found: "\(found)")
      }
    }
    try require(1...1_000_000 ~= sampleRate, "sample_rate", "from 1 to 1000000", sampleRate)
    try require(0...2 ~= deltaOrder, "delta_order", "from 0 to 2", deltaOrder)
    try require(sampleScale.isFinite && sampleScale > 0, "sample_scale", "above 0", sampleScale)
    try require(dither.isFinite && dither >= 0, "dither", "0 or above", dither)
    try normalization.validate(width: width, file: file)
    switch kind {
    case .waveform:
      try require(deltaOrder == 0, "delta_order", "0 for a waveform", deltaOrder)
      return
    case .file:
      try require(1...4096 ~= fileWidth, "file_width", "from 1 to 4096", fileWidth)
      try require(step > 0, "step_ms", "of at least one sample", stepMilliseconds)
      return
    case .spectrogram, .logMel, .mfcc: break
    }
    try require(
      2...1 << 16 ~= windowLength, "window_ms", "of 2 to 65536 samples", windowMilliseconds)
    try require(1...1 << 20 ~= step, "step_ms", "of 1 to 1048576 samples", stepMilliseconds)
    try require(
      windowLength...1 << 17 ~= transformSize, "fourier_size", "from \(windowLength) to 131072",
      transformSize)
    try require(
      0..<1 ~= preEmphasis, "pre_emphasis", "from 0 to below 1", preEmphasis)
    try require(logarithmFloor > 0, "logarithm_floor", "above 0", logarithmFloor)
    guard kind != .spectrogram else { return }
    try mel.validate(sampleRate: sampleRate, transformSize: transformSize, file: file)
    guard kind == .mfcc else { return }
    try require(
      logarithm == .natural || logarithm == .decibels, "logarithm",
      "natural or decibels for mfcc", logarithm.rawValue)
    try require(
      1...mel.count ~= cepstrumCount, "cepstrum_count", "from 1 to \(mel.count) bands",
      cepstrumCount)
    try require(lifter >= 0 && lifter.isFinite, "lifter", "0 or above", lifter)
  }
}

extension Int {
  var roundedUpToPowerOfTwo: Int {
    self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount)
  }
}
