import ApusLayers
import ApusTensors

/// A Deep Speech 2 of one direction that hears frames as they come, and says of them what it says of all
/// frames at once.
///
/// What is carried from part to part is what windows to come still see of frames and elements, and the
/// state of each recurrent layer: work grows with the frames and memory does not.
public struct SpeechStream: Sendable {
  private let network: DeepSpeech2
  private let mode: Mode
  private var convolutions: SpectralConvolutionStream
  /// Of each recurrent layer; nil at the beginning.
  private var states: [[RecurrentState]?]
  private var ahead: WindowStream?

  /// Nil for a network that goes through sequences from their ends, too.
  init?(_ network: DeepSpeech2, _ mode: Mode) {
    precondition(!mode.isTraining, "SpeechStream: expected a mode of evaluation, got training")
    guard network.layers.allSatisfy({ !$0.network.options.isBidirectional }) else { return nil }
    self.network = network
    self.mode = mode
    convolutions = SpectralConvolutionStream(network.convolutions)
    states = Array(repeating: nil, count: network.layers.count)
    ahead = network.lookahead.map { WindowStream($0.window) }
  }

  /// Takes frames: [T, inputSize].
  ///
  /// - Returns: The logits of the elements that are known with them, [M, symbols]; nil for none.
  public mutating func add(_ frames: Tensor) -> Tensor? { advance(frames, isLast: false) }

  /// Ends the utterance.
  ///
  /// - Returns: The logits of its last elements, [M, symbols]; nil for none.
  public mutating func finish() -> Tensor? { advance(nil, isLast: true) }

  private mutating func advance(_ frames: Tensor?, isLast: Bool) -> Tensor? {
    withoutGradients {
      var x = convolutions.add(frames, isLast: isLast, mode)
      for (index, layer) in network.layers.enumerated() {
        guard let inputs = x else { break }
        let (outputs, last) = layer(
          Sequences(inputs, lengths: [inputs.shape[0]]), from: states[index], mode)
        (x, states[index]) = (outputs.values, last)
      }
      if let lookahead = network.lookahead {
        x = ahead?.add(x, isLast: isLast).map { seen in
          lookahead.withoutPadding(Sequences(seen, lengths: [seen.shape[0]])).values.clippedReLU()
        }
      }
      return x.map { network.logits($0, mode) }
    }
  }
}
