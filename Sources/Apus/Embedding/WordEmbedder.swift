import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText

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
  private let tokenizer: Tokenizer
  private let mode: Mode

  /// Words of so many texts together go through the model at once.
  private static let batchWordCount = 1024

  /// Loads a model directory that `apus pretrain --recipe elmo` made.
  ///
  /// - Throws: `FileError` or `InputError` naming the file and what does not fit.
  public init(_ directory: String, precision: Mode.Precision = .fp32) throws {
    guard precision != .bf16 || Processor.supportsBFloat16 else {
      throw InputError(expected: "fp32 or int8 on a processor without AVX-512", found: "bf16")
    }
    model = try ELMo.load(directory).model
    tokenizer = try Tokenizer(contentsOf: "\(directory)/tokenizer.json")
    mode = .evaluation(precision)
  }

  /// The words of each text with their vectors, in the order of the texts.
  public func embed(_ texts: [String]) -> [Words] {
    var results: [Words] = []
    var batch: [[String]] = []
    var wordCount = 0
    func finish() {
      guard !batch.isEmpty else { return }
      results += run(batch, from: nil).words
      (batch, wordCount) = ([], 0)
    }
    for text in texts {
      let words = words(of: text)
      batch.append(words)
      wordCount += words.count + 2
      if wordCount >= Self.batchWordCount { finish() }
    }
    finish()
    return results
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
    let bytes = Array(text.utf8)
    return tokenizer.encode(text).offsets.map { String(decoding: bytes[$0], as: UTF8.self) }
  }

  /// Reads sentences between their marks, whose vectors are left out of the results.
  private func run(
    _ sentences: [[String]], from states: ELMo.States?
  ) -> (words: [Words], states: ELMo.States) {
    let spelling = model.config.spelling
    // By their bytes: two spellings of one character are two words, as in training.
    var numbers: [[UInt8]: Int32] = [:]
    var characters = [spelling.beginOfSentence, spelling.endOfSentence]
    let rows = sentences.map { sentence in
      let words = sentence.map { word -> Int32 in
        let bytes = Array(word.utf8)
        if let number = numbers[bytes] { return number }
        let number = Int32(characters.count)
        numbers[bytes] = number
        characters.append(spelling.ids(of: bytes))
        return number
      }
      return [0] + words + [1]
    }
    let batch = ELMo.Words(
      characters: Sequences(ids: characters), numbers: Sequences(ids: rows))
    return withoutGradients {
      let (layers, states) = model(batch, from: states, mode)
      let values = layers.map { $0.values.converted(to: .float32) }
      let starts = batch.numbers.offsets
      let words = sentences.enumerated().map { index, sentence in
        Words(
          words: sentence,
          layers: values.map { $0.rows(starts[index] + 1..<starts[index + 1] - 1) })
      }
      return (words, states)
    }
  }
}
