import ApusLayers
import ApusTensors

/// Where that is kept which a frozen encoder makes of a text or pair.
public struct KeptFeatures: Sendable {
  let cache: FeatureCache
  /// The numbers of the input among those of the cache: one, or one for each passage.
  let numbers: Range<Int>
  let part: FixedPart

  /// What is kept of all inputs, if it is the given part of each.
  static func sequences(_ part: FixedPart, of inputs: [TaskModel.Input]) -> Sequences? {
    guard let first = inputs.first?.kept, inputs.allSatisfy({ $0.kept?.part == part }) else {
      return nil
    }
    return first.cache.features(of: inputs.flatMap { $0.kept.map { Array($0.numbers) } ?? [] })
  }
}

/// How far a text goes through a task's model before it meets weights that learn.
public enum FixedPart: String, Sendable, Hashable {
  /// To the states of its tokens or words.
  case states
  /// To the one vector that is made of these.
  case vectors
}

extension TaskModel {
  /// The inputs with what the frozen encoder makes of them, computed once and kept in a file.
  ///
  /// The model answers from there as it would from the texts, up to the rounding of products with
  /// another number of rows.
  ///
  /// - Parameters:
  ///   - inputs: The texts or pairs.
  ///   - path: The file.
  ///   - key: Of the encoder's weights and settings; what is read is added here.
  ///   - mode: How the encoder runs.
  /// - Returns: The inputs in their order.
  /// - Throws: `FileError` if the file can't be read or written.
  public func keepingFeatures(
    of inputs: [Input], in path: String, _ key: FeatureKey, _ mode: Mode
  ) throws -> [Input] {
    guard let part = fixedPart else {
      preconditionFailure("keepingFeatures: expected a frozen encoder under \(config.name)")
    }
    var key = key
    for text in [part.rawValue, config.pooling.rawValue, mode.precision.rawValue] { key.add(text) }
    for passage in inputs.lazy.flatMap(\.passages) {
      key.add(passage.ids)
      key.add(passage.segments)
      for piece in passage.sentence?.pieces ?? [] { key.add(piece) }
    }
    // What is kept under one number, and the tokens that it takes to compute it.
    let units = part == .vectors ? inputs : inputs.flatMap { $0.passages.map { Input([$0]) } }
    let cache = try FeatureCache(
      path, key: key,
      lengths: part == .vectors ? units.map { _ in 1 } : units.map(\.count),
      costs: units.map(\.count), width: fixedSize,
      type: part == .vectors ? .float32 : mode.scalarType
    ) { range in
      let units = Array(units[range])
      let states = states(units, mode)
      return part == .vectors ? features(units, states) : states.values
    }
    var next = 0
    return inputs.map { input in
      let count = part == .vectors ? 1 : input.passages.count
      defer { next += count }
      var input = input
      input.kept = KeptFeatures(cache: cache, numbers: next..<next + count, part: part)
      return input
    }
  }
}
