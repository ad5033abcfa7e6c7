import ApusFiles
import ApusLayers
import ApusTensors

/// A convolution over time and across the bins of frames, a batch norm and a clipped ReLU.
public struct SpectralConvolution: Sendable, Hashable {
  public var channelCount: Int
  /// The frames and bins under a window, both odd: windows lie with their middles on what they see.
  public var timeSize, binSize: Int
  public var timeStride, binStride: Int

  public init(
    channelCount: Int, timeSize: Int, binSize: Int, timeStride: Int = 1, binStride: Int = 1
  ) {
    self.channelCount = channelCount
    self.timeSize = timeSize
    self.binSize = binSize
    self.timeStride = timeStride
    self.binStride = binStride
  }

  var time: Window { Window(timeSize, stride: timeStride, padding: timeSize / 2) }
  var across: Window { Window(binSize, stride: binStride, padding: binSize / 2) }
}

extension SpectralConvolution {
  static let limit = 1 << 12
  /// With strides of 64 at most, the frames for an element stay a number.
  static let mostLayers = 8

  init(_ json: JSONField) throws {
    func size(_ key: String, upTo limit: Int = Self.limit) throws -> Int {
      try json[key].integer(in: 1...limit)
    }
    func odd(_ key: String) throws -> Int {
      let value = try size(key)
      guard value % 2 == 1 else { throw json[key].error(expected: "an odd number") }
      return value
    }
    self.init(
      channelCount: try size("channels"), timeSize: try odd("time"), binSize: try odd("bins"),
      timeStride: try size("time_stride", upTo: 64), binStride: try size("bin_stride", upTo: 64))
  }

  /// The convolutions of a `config.json`.
  static func all(_ json: JSONField) throws -> [SpectralConvolution] {
    let found = try json["convolutions"].array().map(SpectralConvolution.init)
    guard 1...mostLayers ~= found.count else {
      throw json["convolutions"].error(expected: "1 to \(mostLayers) convolutions")
    }
    return found
  }

  var json: JSONValue {
    .object([
      ("channels", .integer(channelCount)), ("time", .integer(timeSize)),
      ("bins", .integer(binSize)), ("time_stride", .integer(timeStride)),
      ("bin_stride", .integer(binStride)),
    ])
  }
}

extension [SpectralConvolution] {
  /// The elements that come out for so many frames.
  func length(over frameCount: Int) -> Int { reduce(frameCount) { $1.time.count(over: $0) } }

  /// The frames from one element that comes out to the next.
  var timeStride: Int { reduce(1) { $0 * $1.timeStride } }

  /// The values of an element that comes out for frames of so many bins.
  func outputSize(inputSize: Int) -> Int {
    reduce(inputSize) { $1.across.count(over: $0) } * (last?.channelCount ?? 1)
  }

  /// The number of weights; in Double, so that no sizes overflow.
  var parameterCount: Double {
    let channels = [1] + map(\.channelCount)
    return zip(self, channels).reduce(0) { sum, pair in
      let (convolution, inputs) = pair
      let taps = Double(inputs) * Double(convolution.timeSize) * Double(convolution.binSize)
      return sum + Double(convolution.channelCount) * (taps + 2)
    }
  }
}

/// Convolutions one behind the other; what comes out of all bins and channels stands side by side.
///
/// Moments of the batch norms are those of the real frames: there is no padding that could change
/// them.
///
/// - Shapes: [N, F] → [M, F′ · C] over B sequences, in the mode's type
/// - Source: Amodei et al. 2016, §3.5.
struct SpectralConvolutions: Layer {
  let layers: [(convolution: PlaneConvolution, norm: BatchNorm)]

  init(_ shapes: [SpectralConvolution], in scope: Scope) {
    let channels = [1] + shapes.map(\.channelCount)
    layers = zip(shapes, channels).enumerated().map { index, pair in
      let (shape, inputs) = pair
      return (
        // A bias would be taken away by the norm again.
        PlaneConvolution(
          inputs, shape.channelCount, over: shape.time, across: shape.across, hasBias: false,
          in: scope / index / "conv"),
        BatchNorm(shape.channelCount, in: scope / index / "norm")
      )
    }
  }

  func callAsFunction(_ frames: Sequences, _ mode: Mode) -> Sequences {
    let found = layers.reduce(frames.map { $0.plane(mode) }) { planes, layer in
      layer.norm(layer.convolution(planes), mode).map { $0.clippedReLU() }
    }
    return found.map(\.flattened)
  }
}

extension Tensor {
  /// Frames as planes of one channel.
  func plane(_ mode: Mode) -> Tensor {
    converted(to: mode.scalarType).reshaped(shape + [1])
  }

  /// All bins and channels of an element side by side.
  var flattened: Tensor { reshaped([shape[0], shape.dropFirst().reduce(1, *)]) }
}
