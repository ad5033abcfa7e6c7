import ApusLayers
import ApusTensors

/// `SpectralConvolutions` over the frames of one sequence that come part by part: what comes out is that
/// of all frames at once.
///
/// What windows to come still see is kept; an element comes out as soon as its last frame is there.
///
/// - Shapes: [T, F] → [M, F′ · C] of one sequence
struct SpectralConvolutionStream {
  private let convolutions: SpectralConvolutions
  private var windows: [WindowStream]

  init(_ convolutions: SpectralConvolutions) {
    self.convolutions = convolutions
    windows = convolutions.layers.map { WindowStream($0.convolution.time) }
  }

  mutating func add(_ frames: Tensor?, isLast: Bool, _ mode: Mode) -> Tensor? {
    var planes = frames?.plane(mode)
    for (index, layer) in convolutions.layers.enumerated() {
      planes = windows[index].add(planes, isLast: isLast).map { seen in
        let elements = Sequences(seen, lengths: [seen.shape[0]])
        return layer.norm(layer.convolution.withoutPadding(elements), mode).values.clippedReLU()
      }
    }
    return planes?.flattened
  }
}
