import ApusTensors

/// Where the parameters of an encoder stand: in one of its blocks, below them or above.
///
/// Blocks are what a list of the model numbers (`encoder.layer.0` of a BERT, `h.0` of a GPT, the
/// layers of a recurrent network); where there are several such lists (convolutions before a
/// Transformer), it is the last one. What was created before them is below, all else above.
struct EncoderBlocks: Sendable {
  /// The blocks; 0 for an encoder without any.
  let count: Int
  /// The steps down from the heads to each parameter of the encoder.
  private let depths: [String: Int]

  /// - Parameters:
  ///   - names: All weights of a model in the order of their creation.
  ///   - prefix: What those of the encoder begin with.
  init(_ names: [String], encoder prefix: String) {
    let places = names.filter { $0.hasPrefix(prefix) }.map { (name: $0, place: Self.place(of: $0)) }
    let list = places.last { $0.place != nil }?.place?.list
    let inList = places.map { $0.place?.list == list ? $0.place?.number : nil }
    let count = list == nil ? 0 : (inList.compactMap { $0 }.max() ?? -1) + 1
    let first = inList.firstIndex { $0 != nil } ?? 0
    self.count = count
    depths = Dictionary(
      uniqueKeysWithValues: zip(places, inList).enumerated().map { index, parameter in
        let (name, number) = (parameter.0.name, parameter.1)
        return (name, number.map { count - $0 } ?? (index < first ? count + 1 : 0))
      })
  }

  /// The steps down from the heads to a parameter: 0 for what is outside of the encoder or above its
  /// blocks, 1 for the top block, more for lower ones, and `count` + 1 for what is below them.
  ///
  /// A factor of an adapter stands where the matrix is that it changes.
  func depth(of name: String) -> Int {
    depths[LowRankAdapters.matrix(ofFactor: name) ?? name] ?? 0
  }

  /// Whether a parameter is one of the encoder's.
  func contains(_ name: String) -> Bool {
    depths[LowRankAdapters.matrix(ofFactor: name) ?? name] != nil
  }

  /// The names of the weights in some blocks at the top and in the maps above all blocks.
  func drawn(_ count: Int, of parameters: [Parameter]) -> [String] {
    guard count > 0 else { return [] }
    let encoder = parameters.filter { contains($0.name) }.flatMap { parameter in
      parameter.parts.map { (name: $0.name, role: parameter.role) }
    }
    let modules = encoder.compactMap { name, role -> Substring? in
      guard case .map = role, depth(of: name) == 0 else { return nil }
      return name[...(name.lastIndex(of: ".") ?? name.startIndex)]
    }
    return encoder.map(\.name).filter { name in
      1...count ~= depth(of: name)
        || depth(of: name) == 0 && modules.contains(where: name.hasPrefix)
    }
  }

  /// The list and number of the block that a name tells: the first number of its path, or behind an l
  /// at the end of a part of it, as in PyTorch's names of recurrent layers.
  private static func place(of name: String) -> (list: String, number: Int)? {
    var path: [Substring] = []
    for part in name.split(separator: ".") {
      if let number = Int(part) { return (path.joined(separator: "."), number) }
      for piece in part.split(separator: "_") where piece.first == "l" {
        if let number = Int(piece.dropFirst()) { return (path.joined(separator: "."), number) }
      }
      path.append(part)
    }
    return nil
  }
}
