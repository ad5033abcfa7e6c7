import ApusAudio
import ApusFiles

/// What a model hears of audio: the settings of its features.
public struct FeatureRecipe: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    /// Spectrograms of 20 ms every 10 ms, as in Deep Speech.
    case spectrogram
    case logMel
    case mfcc
    /// The samples themselves.
    case waveform
    /// Frames of feature files.
    case file
    /// Columns of images of lines of writing.
    case image

    /// Whether frames are windows that a Fourier transform takes apart.
    var isSpectral: Bool { self == .spectrogram || self == .logMel || self == .mfcc }
  }

  public enum Normalization: String, CaseIterable, Sendable {
    case none
    /// Over the utterance.
    case utterance
    /// By mean and deviation of the training data.
    case global
    /// By those of the frames so far.
    case streaming
  }

  public var kind: Kind
  /// Samples a second; audio of other rates is resampled.
  public var sampleRate = 16_000
  /// The bands of log-mel values.
  public var bandCount = 80
  /// The values of a frame in feature files.
  public var fileWidth = 13
  /// The height that images are scaled to.
  public var imageHeight = 32
  /// What follows stands in place of what the kind has by itself.
  public var window: WindowFunction?
  public var windowMilliseconds: Double?
  public var stepMilliseconds: Double?
  /// What is done at the ends of an utterance.
  public var edges: FrameEdges?
  public var spectrum: FeatureSettings.Spectrum?
  public var melScale: MelFilters.Scale?
  /// The share of the sample before that is taken off each sample.
  public var preEmphasis: Double?
  /// The standard deviation of noise added to each sample, in units of a sample: of 1 for the loudest,
  /// of 32768 for MFCC.
  public var dither: Double?
  public var cepstrumCount: Int?
  /// How often differences over time are appended.
  public var deltaOrder = 0
  public var normalization = Normalization.utterance

  public init(kind: Kind) { self.kind = kind }

  static let greatestHeight = 512

  /// The settings for sound, or nil for images.
  ///
  /// A global normalisation is put in when the data are known.
  func settings() -> FeatureSettings? {
    var settings: FeatureSettings
    switch kind {
    case .image: return nil
    case .spectrogram: settings = .deepSpeech(sampleRate: sampleRate)
    case .logMel: settings = .logMel(sampleRate: sampleRate, count: bandCount)
    case .mfcc: settings = .kaldiMFCC(sampleRate: sampleRate)
    case .waveform: settings = .waveform(sampleRate: sampleRate)
    case .file: settings = .file(width: fileWidth, sampleRate: sampleRate)
    }
    if let windowMilliseconds { settings = settings.windowed(milliseconds: windowMilliseconds) }
    if let stepMilliseconds { settings.stepMilliseconds = stepMilliseconds }
    if let window { settings.window = window }
    if let edges { settings.edges = edges }
    if let spectrum { settings.spectrum = spectrum }
    if let melScale { settings.mel.scale = melScale }
    if let preEmphasis { settings.preEmphasis = preEmphasis }
    if let dither { settings.dither = dither }
    if let cepstrumCount { settings.cepstrumCount = cepstrumCount }
    settings.deltaOrder = deltaOrder
    settings.normalization =
      switch normalization {
      case .none, .global: .none
      case .utterance: .utterance
      case .streaming: .streaming(memory: max(1, Self.streamingMemory * settings.frameRate))
      }
    return settings
  }

  /// In seconds.
  private static let streamingMemory = 3.0
}

extension FeatureRecipe: RecipeSection {
  static let fields: [RecipeField<FeatureRecipe>] = [
    .choice("kind", \.kind),
    .integer("sampleRate", \.sampleRate, 1000...192_000).when { $0.kind != .image },
    .integer("bandCount", \.bandCount, 1...512).when { $0.kind == .logMel },
    .integer("fileWidth", \.fileWidth, 1...4096).when { $0.kind == .file },
    .integer("imageHeight", \.imageHeight, 1...greatestHeight).when { $0.kind == .image },
    .choice("window", \.window).when(\.kind.isSpectral),
    .number("windowMilliseconds", \.windowMilliseconds, 1...1000).when(\.kind.isSpectral),
    .number("stepMilliseconds", \.stepMilliseconds, 1...1000)
      .when { $0.kind.isSpectral || $0.kind == .file },
    .choice("edges", \.edges).when(\.kind.isSpectral),
    .choice("spectrum", \.spectrum).when(\.kind.isSpectral),
    .choice("melScale", \.melScale).when { $0.kind == .logMel || $0.kind == .mfcc },
    .number("preEmphasis", \.preEmphasis, 0...0.999).when(\.kind.isSpectral),
    .number("dither", \.dither, 0...1000).when { $0.kind.isSpectral || $0.kind == .waveform },
    .integer("cepstrumCount", \.cepstrumCount, 1...512).when { $0.kind == .mfcc },
    .integer("deltaOrder", \.deltaOrder, 0...2).when { $0.kind != .waveform && $0.kind != .image },
    .choice("normalization", \.normalization).when { $0.kind != .image },
  ]

  init() { self.init(kind: .spectrogram) }

  func checkTogether() throws(RecipeProblem) {
    do {
      try settings()?.validate()
    } catch let error as InputError {
      throw RecipeProblem(path: [], expected: "to have \(error.expected)", found: error.found)
    } catch {
      throw RecipeProblem(path: [], expected: "to make features", found: "\(error)")
    }
  }
}

extension FeatureRecipe {
  /// What a run's network reads; the directory keeps its settings.
  ///
  /// - Parameters:
  ///   - utterances: What mean and deviation of a global normalisation are measured on.
  ///   - directory: The run.
  ///   - report: Told what is being done.
  /// - Returns: The input, whose width the network has to have.
  /// - Throws: `InputError` for settings that make no features, or others than the run began with.
  func input(
    for utterances: [Utterance], keptIn directory: RunDirectory, report: (String) -> Void
  ) throws -> SpeechInput {
    guard var settings = settings() else { return .image(height: imageHeight) }
    if normalization == .global {
      if directory.exists(directory.checkpoint) {
        let kept = try FeatureSettings(contentsOf: directory.features)
        settings.normalization = kept.normalization
        try settings.require(kept, of: directory.features)
      } else {
        report("measuring mean and deviation of features")
        settings.normalization = try measured(utterances, settings)
        try settings.write(to: directory.features)
      }
    }
    return .sound(try FeatureExtractor(settings))
  }

  /// Mean and deviation over utterances, at most this many, spread evenly.
  private static let measuredCount = 1000

  private func measured(
    _ utterances: [Utterance], _ settings: FeatureSettings
  ) throws -> FeatureNormalization {
    let extractor = try FeatureExtractor(settings)
    var moments = FeatureMoments(width: extractor.width)
    let count = min(Self.measuredCount, utterances.count)
    for index in 0..<count {
      moments.add(
        try SpeechInput.sound(extractor).frames(of: utterances[index * utterances.count / count]))
    }
    return moments.normalization
  }
}
