import ApusFiles
import ApusLayers

/// What the configurations of all Transformers have to agree on.
struct TransformerSizes {
  var hiddenSize, layerCount, headCount, intermediateSize, contextLength: Int
  var positions: PositionKind

  /// Checks what can't be checked key by key.
  func check(_ json: JSONField, sizeKey: String) throws {
    let field = json[sizeKey]
    guard hiddenSize.isMultiple(of: headCount) else {
      throw field.error(expected: "a multiple of the \(headCount) heads")
    }
    guard positions != .rotary || (hiddenSize / headCount).isMultiple(of: 2) else {
      throw field.error(expected: "heads of an even size for rotary positions")
    }
    // Learned tables stand in the weight file, whose size bounds them; this one would be computed.
    guard positions != .sinusoidal || hiddenSize * contextLength <= 1 << 28 else {
      throw field.error(expected: "sinusoidal positions of at most 2^28 numbers in all")
    }
  }

  /// The weights of all blocks; in Double, so that no sizes overflow.
  var blockParameterCount: Double {
    let (size, wide) = (Double(hiddenSize), Double(intermediateSize))
    let attention = 4 * size * (size + 1)
    let feedForward = 2 * size * wide + size + wide
    return Double(layerCount) * (attention + feedForward + 4 * size)
  }
}
