import ApusFiles

/// How the values of frames are brought to a common range, each dimension by itself.
public enum FeatureNormalization: Equatable, Sendable {
  case none
  /// Mean 0 and deviation 1 over the utterance, which must be whole for that.
  ///
  /// The variance of a waveform has 10⁻⁷ added, as in wav2vec 2.0's feature extractor.
  case utterance
  /// A mean taken off and a deviation divided by, both of the training data.
  case global(mean: [Float], deviation: [Float])
  /// Mean and deviation of the frames so far, those `memory` frames ago counting 1 / e as much as
  /// the last one.
  case streaming(memory: Double)

  /// The least deviation divided by: a dimension that never changes becomes 0.
  static let leastDeviation = 1e-5
  /// What the variance of a waveform has added.
  static let waveformVariance = 1e-7

  init(_ field: JSONField) throws {
    let name = try field["kind"].string()
    switch name {
    case "none": self = .none
    case "utterance": self = .utterance
    case "global":
      self = .global(
        mean: try field["mean"].array().map { Float(try $0.number()) },
        deviation: try field["deviation"].array().map { Float(try $0.number()) })
    case "streaming": self = .streaming(memory: try field["memory"].number())
    default:
      throw field["kind"].error(expected: "one of none, utterance, global, streaming")
    }
    try field.requireKeys(["kind", "mean", "deviation", "memory"])
  }

  var json: JSONValue {
    func floats(_ values: [Float]) -> JSONValue { .array(values.map { .number(Double($0)) }) }
    return switch self {
    case .none: .object([("kind", .string("none"))])
    case .utterance: .object([("kind", .string("utterance"))])
    case .global(let mean, let deviation):
      .object([
        ("kind", .string("global")), ("mean", floats(mean)), ("deviation", floats(deviation)),
      ])
    case .streaming(let memory):
      .object([("kind", .string("streaming")), ("memory", .number(memory))])
    }
  }

  func validate(width: Int, file: String?) throws {
    switch self {
    case .none, .utterance: return
    case .global(let mean, let deviation):
      guard mean.count == width, deviation.count == width else {
        throw InputError(
          file: file, expected: "normalization of \(width) means and deviations",
          found: "\(mean.count) and \(deviation.count)")
      }
      guard mean.allSatisfy(\.isFinite), deviation.allSatisfy({ $0.isFinite && $0 > 0 }) else {
        throw InputError(
          file: file, expected: "normalization by finite means and deviations above 0",
          found: "others")
      }
    case .streaming(let memory):
      guard memory.isFinite, memory >= 1 else {
        throw InputError(
          file: file, expected: "normalization.memory of at least 1 frame", found: "\(memory)")
      }
    }
  }
}

/// Mean and deviation of each dimension, gathered from many utterances for global normalisation.
public struct FeatureMoments: Sendable {
  public private(set) var count = 0
  private var sums, squares: [Double]

  public init(width: Int) {
    sums = [Double](repeating: 0, count: width)
    squares = sums
  }

  /// Adds frames: [T, width].
  public mutating func add(_ frames: [Float]) {
    let width = sums.count
    precondition(
      frames.count.isMultiple(of: width), "FeatureMoments: expected rows of \(width)")
    count += frames.count / width
    for start in stride(from: 0, to: frames.count, by: width) {
      for column in 0..<width {
        let value = Double(frames[start + column])
        sums[column] += value
        squares[column] += value * value
      }
    }
  }

  public var mean: [Float] { sums.map { Float($0 / Double(max(1, count))) } }

  public var deviation: [Float] {
    variance.map { Float(max(FeatureNormalization.leastDeviation, $0.squareRoot())) }
  }

  var variance: [Double] {
    zip(sums, squares).map { sum, square in
      let mean = sum / Double(max(1, count))
      return max(0, square / Double(max(1, count)) - mean * mean)
    }
  }

  public var normalization: FeatureNormalization { .global(mean: mean, deviation: deviation) }
}
