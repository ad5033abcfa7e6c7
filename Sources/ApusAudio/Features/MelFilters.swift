import ApusFiles
import Glibc

/// Triangular filters, equally wide on a scale of pitch.
public struct MelFilters: Equatable, Sendable {
  public enum Scale: String, Sendable, CaseIterable {
    /// Linear up to 1000 Hz and logarithmic above (Slaney's Auditory Toolbox), the default of
    /// librosa.
    case slaney
    /// 2595 log₁₀(1 + f / 700), the triangles being straight over frequency.
    case htk
    /// The same scale, the triangles being straight over mels, and nothing at half the sample rate.
    case kaldi
  }

  public var count: Int
  /// The frequencies where the first filter begins and the last one ends, in hertz; nil for half
  /// the sample rate.
  public var lowest: Double
  public var highest: Double?
  public var scale: Scale
  /// Whether filters have equal areas rather than equal heights of 1.
  public var normalizesArea: Bool

  public init(
    count: Int = 80, lowest: Double = 0, highest: Double? = nil, scale: Scale = .slaney,
    normalizesArea: Bool = true
  ) {
    self.count = count
    self.lowest = lowest
    self.highest = highest
    self.scale = scale
    self.normalizesArea = normalizesArea
  }

  init(_ field: JSONField) throws {
    self.init()
    if !field["count"].isNull { count = try field["count"].integer(in: 1...4096) }
    lowest = try field["lowest"].number(default: lowest)
    highest = field["highest"].isNull ? nil : try field["highest"].number()
    scale = try field["scale"].choice(default: scale)
    normalizesArea = try field["normalizes_area"].bool(default: normalizesArea)
    try field.requireKeys(["count", "lowest", "highest", "scale", "normalizes_area"])
  }

  var json: JSONValue {
    .object([
      ("count", .integer(count)), ("lowest", .number(lowest)),
      ("highest", highest.map { .number($0) } ?? .null), ("scale", .string(scale.rawValue)),
      ("normalizes_area", .bool(normalizesArea)),
    ])
  }

  func validate(sampleRate: Int, transformSize: Int, file: String?) throws {
    let limit = Double(sampleRate) / 2
    guard 1...4096 ~= count else {
      throw InputError(file: file, expected: "mel.count from 1 to 4096", found: "\(count)")
    }
    let highest = highest ?? limit
    guard lowest >= 0, lowest < highest, highest <= limit else {
      throw InputError(
        file: file, expected: "mel.lowest below mel.highest and both from 0 to \(limit) Hz",
        found: "\(lowest) and \(highest)")
    }
  }

  /// The weights of each filter over the frequencies of a transform of real samples.
  ///
  /// - Returns: [count, transformSize / 2 + 1]
  public func weights(sampleRate: Int, transformSize: Int) -> [[Float]] {
    let (low, high) = (mel(lowest), mel(highest ?? Double(sampleRate) / 2))
    let corners = (0..<count + 2).map { low + (high - low) * Double($0) / Double(count + 1) }
    let bins = (0...transformSize / 2).map {
      Double($0) * Double(sampleRate) / Double(transformSize)
    }
    return (0..<count).map { filter in
      let points = corners[filter...filter + 2]
      // Straight over mels or over hertz.
      let (axis, triangle) =
        scale == .kaldi
        ? (bins.map(mel), Array(points)) : (bins, points.map(frequency))
      let height =
        normalizesArea ? 2 / (frequency(points[filter + 2]) - frequency(points[filter])) : 1
      var weights = axis.map { x in
        let rise = (x - triangle[0]) / (triangle[1] - triangle[0])
        let fall = (triangle[2] - x) / (triangle[2] - triangle[1])
        return Float(max(0, min(rise, fall)) * height)
      }
      if scale == .kaldi, transformSize.isMultiple(of: 2) { weights[weights.count - 1] = 0 }
      return weights
    }
  }

  /// 1000 Hz is 15 mels of Slaney's, 66⅔ Hz each; above, 27 of them make a factor of 6.4.
  private static let (linearStep, knee, logarithmicStep) = (200.0 / 3, 15.0, log(6.4) / 27)

  func mel(_ frequency: Double) -> Double {
    switch scale {
    case .htk, .kaldi: return 2595 * log10(1 + frequency / 700)
    case .slaney:
      let linear = frequency / Self.linearStep
      return linear < Self.knee
        ? linear : Self.knee + log(frequency / 1000) / Self.logarithmicStep
    }
  }

  func frequency(_ mel: Double) -> Double {
    switch scale {
    case .htk, .kaldi: 700 * (pow(10, mel / 2595) - 1)
    case .slaney:
      mel < Self.knee
        ? mel * Self.linearStep : 1000 * exp((mel - Self.knee) * Self.logarithmicStep)
    }
  }
}
