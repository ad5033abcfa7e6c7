import ApusAudio
import ApusFiles
import ApusTensors

/// Random changes to what is learnt from, which leave its words as they are.
public struct AugmentationRecipe: Equatable, Sendable {
  /// By how much audio is played faster or slower, with its pitch: 0.1 for factors of 0.9 to 1.1.
  public var speed = 0.0
  /// By how much speech is faster or slower at the same pitch.
  public var tempo = 0.0
  /// Decibels by which audio is louder or softer.
  public var gain = 0.0
  /// Seconds by which audio is moved.
  public var shift = 0.0
  /// A directory of recordings of noise, or one of them.
  public var noise: String?
  /// The range of signal-to-noise ratios in decibels.
  public var noiseLow = 5.0
  public var noiseHigh = 30.0
  /// A directory of impulse responses of rooms, or one of them.
  public var reverberation: String?
  /// The share of the utterances that noise and reverberation fall on.
  public var probability = 0.5
  /// How many runs of frames and of frequencies are masked, and the longest of each.
  public var timeMasks = 0
  public var timeWidth = 40
  public var frequencyMasks = 0
  public var frequencyWidth = 10

  public init() {}
}

extension AugmentationRecipe: RecipeSection {
  static let fields: [RecipeField<AugmentationRecipe>] = [
    .number("speed", \.speed, 0...0.5),
    .number("tempo", \.tempo, 0...0.5),
    .number("gain", \.gain, 0...60),
    .number("shift", \.shift, 0...60),
    .text("noise", \.noise),
    .number("noiseLow", \.noiseLow, -50...100).when { $0.noise != nil },
    .number("noiseHigh", \.noiseHigh, -50...100).when { $0.noise != nil },
    .text("reverberation", \.reverberation),
    .number("probability", \.probability, 0...1),
    .integer("timeMasks", \.timeMasks, 0...100),
    .integer("timeWidth", \.timeWidth, 1...100_000),
    .integer("frequencyMasks", \.frequencyMasks, 0...100),
    .integer("frequencyWidth", \.frequencyWidth, 1...4096),
  ]

  func checkTogether() throws(RecipeProblem) {
    guard noiseLow <= noiseHigh else {
      throw RecipeProblem(
        path: ["noiseLow"], expected: "to be at most noiseHigh \(noiseHigh)", found: "\(noiseLow)")
    }
  }
}

extension AugmentationRecipe {
  /// A change that features of a kind would not see; nil if there is none.
  func idle(for kind: FeatureRecipe.Kind) -> String? {
    let changes: [(name: String, isGiven: Bool, isIdle: Bool)] = [
      ("speed", speed != 0, kind == .file), ("tempo", tempo != 0, kind == .file),
      ("gain", gain != 0, kind == .file), ("shift", shift != 0, kind == .file),
      ("noise", noise != nil, kind == .file),
      ("reverberation", reverberation != nil, kind == .file),
      ("frequencyMasks", frequencyMasks != 0, kind == .waveform),
      ("timeMasks", timeMasks != 0, kind == .waveform),
    ]
    return changes.first { $0.isGiven && $0.isIdle }?.name
  }
}

/// The random changes of a run: a function of its seed, the epoch and the utterance.
struct SpeechAugmentation: Sendable {
  private let waveform: WaveformAugmentation
  private let masks: SpecAugment?
  private let seed: UInt64

  /// - Throws: `FileError` or `InputError` for recordings that can't be read.
  init(_ recipe: AugmentationRecipe, rate: Int, seed: UInt64) throws {
    func around(_ center: Double, _ reach: Double) -> WaveformAugmentation.Change? {
      reach == 0 ? nil : WaveformAugmentation.Change(center - reach...center + reach)
    }
    func recordings(_ path: String?) throws -> [[Float]] {
      guard let path else { return [] }
      guard FileStatus.isDirectory(path) else {
        return [try Audio.samples(of: path, rate: rate)]
      }
      return try directoryEntries(path).map {
        try Audio.samples(of: "\(path)/\($0)", rate: rate)
      }
    }
    var waveform = WaveformAugmentation()
    waveform.speed = around(1, recipe.speed)
    waveform.tempo = around(1, recipe.tempo)
    waveform.gain = around(0, recipe.gain)
    waveform.shift = around(0, recipe.shift)
    waveform.noises = try recordings(recipe.noise)
    if recipe.noise != nil {
      waveform.noise = .init(
        recipe.noiseLow...recipe.noiseHigh, probability: recipe.probability)
    }
    waveform.impulseResponses = try recordings(recipe.reverberation)
    if recipe.reverberation != nil {
      waveform.reverberation = .init(0...1, probability: recipe.probability)
    }
    try waveform.validate()
    self.waveform = waveform
    masks =
      recipe.timeMasks + recipe.frequencyMasks == 0
      ? nil
      : SpecAugment(
        timeMasks: recipe.timeMasks, timeWidth: recipe.timeWidth,
        frequencyMasks: recipe.frequencyMasks, frequencyWidth: recipe.frequencyWidth)
    self.seed = seed
  }

  /// What is drawn for an utterance in an epoch.
  func random(epoch: Int, utterance: Int) -> RandomStream {
    RandomStream(RandomKey(seed: seed, step: epoch, name: "augmentation").split(utterance))
  }

  /// The features of an utterance that was changed; frames of feature files are masked alone.
  func features(
    of utterance: Utterance, _ extractor: FeatureExtractor, _ random: inout RandomStream
  ) throws -> [Float] {
    let settings = extractor.settings
    var frames: [Float]
    if case .audio = utterance.source, settings.kind != .file {
      let samples = try utterance.samples(rate: settings.sampleRate)
      frames = extractor.features(
        of: waveform.augmented(samples, rate: settings.sampleRate, using: &random))
    } else {
      frames = try extractor.features(of: utterance)
    }
    masks?.mask(
      &frames, width: settings.width, bandCount: settings.width / (settings.deltaOrder + 1),
      using: &random)
    return frames
  }
}
