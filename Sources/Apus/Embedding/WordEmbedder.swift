import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText
import ApusTraining

/// Turns the words of a text into vectors that depend on the words around them, with an `ELMo`.
///
/// ```swift
/// let embedder = try WordEmbedder("runs/elmo")
/// let words = embedder.embed(["The bank was steep ."])[0]
/// print(words.words[1], words.mean.rows(1..<2))
/// ```
///
/// Each text is read from its own begin, so that it has the same vectors whenever it is read. A
/// `Session` goes on from text to text instead.
public struct WordEmbedder: Sendable {
  /// The words of a text and what the model makes of each.
  public struct Words: Sendable {
    public let words: [String]
    /// Of each layer, that of characters alone first: a row a word, [T, C], Float32.
    public let layers: [Tensor]

    /// The mean of all layers, [T, C]: what a scalar mix starts from.
    public var mean: Tensor { layers.dropFirst().reduce(layers[0], +) / Float(layers.count) }
  }

  /// The layers that a word has, that of characters among them.
  public var layerCount: Int { model.config.layerCount + 1 }
  /// The values of a word in each layer.
  public var dimension: Int { 2 * model.config.projectedSize }
  private let model: ELMo
  /// Nil for a published model, whose words blanks part.
  private let tokenizer: Tokenizer?
  private let mode: Mode

  /// Words of so many texts together go through the model at once.
  private static let batchWordCount = 1024

  /// Loads a model directory that `apus pretrain --recipe elmo` made, or a published model in
  /// `options.json` and `weights.hdf5`.
  ///
  /// - Throws: `FileError` or `InputError` naming the file and what does not fit.
  public init(_ directory: String, precision: Mode.Precision = .fp32) throws {
    guard precision != .bf16 || Processor.supportsBFloat16 else {
      throw InputError(expected: "fp32 or int8 on a processor without AVX-512", found: "bf16")
    }
    model = try ELMo.encoder(of: directory).model
    tokenizer =
      ELMo.isPublished(directory) ? nil : try Tokenizer(contentsOf: "\(directory)/tokenizer.json")
    mode = .evaluation(precision)
  }

  /// The words of each text with their vectors, in the order of the texts.
  public func embed(_ texts: [String]) -> [Words] {
    let sentences = texts.map(words)
    return LengthBatches.results(
      ofLengths: sentences.map { $0.count + 2 }, tokens: Self.batchWordCount
    ) { numbers in run(numbers.map { sentences[$0] }, from: nil).words }
  }

  /// A reading of one text after the other that remembers those before.
  ///
  /// Both directions start from where they ended in the text before, as the published models do
  /// unless they are told not to.
  public struct Session: Sendable {
    private let embedder: WordEmbedder
    private var states: ELMo.States?

    fileprivate init(_ embedder: WordEmbedder) { self.embedder = embedder }

    /// The words of the next text with their vectors.
    public mutating func embed(_ text: String) -> Words {
      let (words, states) = embedder.run([embedder.words(of: text)], from: states)
      self.states = states
      return words[0]
    }
  }

  /// Starts a session that has read nothing.
  public func session() -> Session { Session(self) }

  private func words(of text: String) -> [String] {
    guard let tokenizer else { return text.split(whereSeparator: \.isWhitespace).map(String.init) }
    let bytes = Array(text.utf8)
    return tokenizer.encode(text).offsets.map { String(decoding: bytes[$0], as: UTF8.self) }
  }

  /// Reads sentences between their marks, whose vectors are left out of the results.
  private func run(
    _ sentences: [[String]], from states: ELMo.States?
  ) -> (words: [Words], states: ELMo.States) {
    let spelling = model.config.spelling
    let batch = ELMo.Words(
      sentences.map { $0.map { spelling.ids(of: $0.utf8) } }, spelling)
    return withoutGradients {
      let (layers, states) = model(batch, from: states, mode)
      let rows = layers.map { layer in
        ELMo.Words.withoutMarks(layer.map { $0.converted(to: .float32) })
      }
      let words = sentences.enumerated().map { index, sentence in
        Words(
          words: sentence,
          layers: rows.map { $0.values.rows($0.offsets[index]..<$0.offsets[index + 1]) })
      }
      return (words, states)
    }
  }
}
