import ApusTensors

/// The sizes of a `CharacterCNN`.
public struct CharacterCNNOptions: Sendable, Hashable {
  /// Convolutions of one width.
  public struct Filter: Sendable, Hashable {
    /// The characters under a window.
    public var width: Int
    public var count: Int

    public init(width: Int, count: Int) {
      self.width = width
      self.count = count
    }
  }

  public var characterCount: Int
  /// The values of an embedded character.
  public var embeddingSize = 16
  public var filters: [Filter]
  public var highwayCount = 2
  /// The values of a word.
  public var outputSize: Int

  public init(characterCount: Int, filters: [Filter], outputSize: Int) {
    self.characterCount = characterCount
    self.filters = filters
    self.outputSize = outputSize
  }

  /// What all convolutions find together.
  public var featureCount: Int { filters.reduce(0) { $0 + $1.count } }
}

/// A vector for each word from its characters: convolutions, of which the greatest values count, then
/// highways and a projection.
///
/// - Shapes: characters [N] over B words → [B, outputSize]
/// - Source: Kim et al. 2016, as in Peters et al. 2018.
public struct CharacterCNN: Layer {
  public let options: CharacterCNNOptions
  let embedding: Embedding
  let convolutions: [Convolution]
  let highways: [Highway]
  let projection: Linear

  public init(_ options: CharacterCNNOptions, in scope: Scope) {
    self.options = options
    embedding = Embedding(
      count: options.characterCount, size: options.embeddingSize, .uniform(1),
      in: scope / "characters")
    convolutions = options.filters.enumerated().map { index, filter in
      Convolution(
        options.embeddingSize, filter.count, over: Window(filter.width),
        in: scope / "convolutions" / index)
    }
    highways = (0..<options.highwayCount).map {
      Highway(options.featureCount, in: scope / "highways" / $0)
    }
    projection = Linear(options.featureCount, options.outputSize, in: scope / "projection")
  }

  public func callAsFunction(_ characters: Sequences, _ mode: Mode) -> Tensor {
    let embedded = characters.map { embedding($0).converted(to: mode.scalarType) }
    // The greatest of the rectified values is the greatest value rectified.
    let found = concatenated(convolutions.map { $0(embedded).maxima }, axis: 1).relu()
    return projection(highways.reduce(found) { $1($0, mode) }, mode)
  }
}
