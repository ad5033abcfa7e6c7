import ApusLayers
import ApusTensors

/// Encodes texts: convolutions of a few words each over the whole text, of which the greatest value
/// of each channel counts; zeros for a text without words.
///
/// - Shapes: ids [N] over B sequences → [B, outputSize]
/// - Source: Kim 2014.
public struct TextCNN: TextEncoder, TokenEncoder {
  public let outputSize: Int
  private let words: EmbeddedWords
  private let convolutions: [Convolution]
  private let kernelSizes: [Int]

  init(_ config: ClassifierConfig, kernelSizes: [Int], channelCount: Int, in scope: Scope) {
    words = EmbeddedWords(config, in: scope / "embedding")
    self.kernelSizes = kernelSizes
    convolutions = kernelSizes.enumerated().map { index, size in
      // Windows reach beyond the ends as far as they touch a word, so that short texts have some.
      Convolution(
        config.embeddingSize, channelCount, over: Window(size, padding: size - 1),
        in: scope / "convolutions" / index)
    }
    outputSize = kernelSizes.count * channelCount
  }

  public func embedded(_ ids: Sequences, _ mode: Mode) -> Sequences { words(ids, mode) }

  public func callAsFunction(embedded words: Sequences, _ mode: Mode) -> Tensor {
    // The greatest of the rectified values is the greatest value rectified.
    let maxima = convolutions.map { $0(words).maxima }
    return concatenated(maxima, axis: 1).relu().converted(to: .float32)
  }

  /// What the windows around each word have found.
  ///
  /// - Shapes: ids [N] over B sequences → [N, outputSize]
  public func states(_ ids: Sequences, segments: Tensor?, _ mode: Mode) -> Sequences {
    let words = words(ids, mode)
    let features = zip(convolutions, kernelSizes).map { convolution, size in
      // Every window that touches a word has a row; that of a word is the one with it in the middle.
      let windows = convolution(words)
      let middles = zip(windows.offsets, ids.lengths).map { start, length in
        start + (size - 1) / 2..<start + (size - 1) / 2 + length
      }
      return windows.values.gathered(middles.joined().map(Int32.init)).relu()
    }
    return ids.with(concatenated(features, axis: 1))
  }
}
