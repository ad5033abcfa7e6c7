import ApusLayers
import ApusTensors

/// Encodes texts: convolutions of a few words each over the whole text, of which the greatest value
/// of each channel counts; zeros for a text without words.
///
/// Deeper layers look at the rectified channels of the one below, of the same kernel size.
///
/// - Shapes: ids [N] over B sequences → [B, outputSize]
/// - Source: Kim 2014.
public struct TextCNN: TextEncoder {
  public let outputSize: Int
  private let words: EmbeddedWords
  private let convolutions: [Convolution]
  private let kernelSizes: [Int]
  /// Behind each of those, from the lowest up.
  private let deeper: [[Convolution]]

  init(
    _ config: ClassifierConfig, kernelSizes: [Int], channelCount: Int, layerCount: Int,
    in scope: Scope
  ) {
    words = EmbeddedWords(config, in: scope / "embedding")
    self.kernelSizes = kernelSizes
    convolutions = kernelSizes.enumerated().map { index, size in
      // Windows reach beyond the ends as far as they touch a word, so that short texts have some.
      Convolution(
        config.embeddingSize, channelCount, over: Window(size, padding: size - 1),
        in: scope / "convolutions" / index)
    }
    deeper = kernelSizes.enumerated().map { index, size in
      (1..<layerCount).map { layer in
        Convolution(
          channelCount, channelCount, over: Window(size, padding: size / 2),
          in: scope / "deeper" / layer / index)
      }
    }
    outputSize = kernelSizes.count * channelCount
  }

  public func embedded(_ ids: Sequences, segments: Tensor?, _ mode: Mode) -> Sequences {
    words(ids, mode)
  }

  public func callAsFunction(embedded words: Sequences, _ mode: Mode) -> Tensor {
    // The greatest of the rectified values is the greatest value rectified.
    let maxima = windows(of: words).map(\.maxima)
    return concatenated(maxima, axis: 1).relu().converted(to: .float32)
  }

  /// What the windows around each word have found.
  ///
  /// - Shapes: [N, C] over B sequences → [N, outputSize]
  public func states(embedded words: Sequences, _ mode: Mode) -> Sequences {
    let features = zip(windows(of: words), kernelSizes).map { windows, size in
      // Every window that touches a word has a row; that of a word is the one with it in the middle.
      // Rows of deeper layers start at those of the layer below.
      let middles = zip(windows.offsets, words.lengths).map { start, length in
        start + (size - 1) / 2..<start + (size - 1) / 2 + length
      }
      return windows.values.gathered(middles.joined().map(Int32.init)).relu()
    }
    return words.with(concatenated(features, axis: 1))
  }

  /// What the highest layer of each kernel size makes of its windows, before it is rectified.
  private func windows(of words: Sequences) -> [Sequences] {
    zip(convolutions, deeper).map { lowest, deeper in
      deeper.reduce(lowest(words)) { $1($0.map { $0.relu() }) }
    }
  }
}
